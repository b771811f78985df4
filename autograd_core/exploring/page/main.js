// The page: everything is put together, and Graphviz is started.

import { data } from "./data.js";
import { start as details, update as detail } from "./details.js";
import { $ } from "./elements.js";
import { start as find } from "./find.js";
import { build, update } from "./graph.js";
import { start as keys } from "./keys.js";
import { load } from "./layout.js";
import { start as link } from "./link.js";
import { start as map } from "./map.js";
import { listenStage } from "./stage.js";
import { change, listen } from "./state.js";
import { start as table, toggle as showTable } from "./table.js";
import { start as theme } from "./theme.js";
import { start as walk, update as step } from "./walk.js";

const narrow = matchMedia("(max-width: 760px)");

theme();
walk();
listen((changed) => {
  if (["at", "time", "chosen", "way"].some((key) => changed.has(key))) update();
  if (changed.has("at") || changed.has("time")) step();
});
details();
find();
table();
keys();
map();
listenStage(() => change({ chosen: null, row: -1, way: [] }));
$("shut").hidden = !data.groups.length;
step();
detail();
try {
  await load();
} catch (error) {
  $("remarks").append(
    `This browser does not run what lays out the graph (${error.message}); the record is in the table.`,
  );
  showTable();
}
build();
link();
narrow.addEventListener("change", () => build());
document.body.dataset.ready = "";
