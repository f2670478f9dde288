#include "adapterx/report/page_parts.h"

namespace ax {

std::string_view page_style() {
  return R"css(:root {
  --page: #f6f7f9; --card: #fff; --ink: #16191d; --soft: #5c6570; --line: #dfe3e8; --grid: #eceff2;
  --s0: #b35900; --s1: #0067a3; --heat: 0 103 163; --on-heat: #fff; --bar: #0067a3; --empty: #f1f3f5;
  --warn: #fff4dc; --warn-line: #d9930d; --wrong: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101215; --card: #191c20; --ink: #e8eaed; --soft: #9aa4af; --line: #2c3138; --grid: #252a30;
    --s0: #f0a045; --s1: #62b6ea; --heat: 98 182 234; --on-heat: #08131b; --bar: #62b6ea; --empty: #20242a;
    --warn: #33280f; --warn-line: #d9930d; --wrong: #ff8a80;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
header, main { max-width: 1240px; margin: 0 auto; padding: 0 16px; }
main { padding-bottom: 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 32px 0 8px; overflow-wrap: anywhere; letter-spacing: -.01em; }
h2 { font-size: 19px; margin: 44px 0 4px; }
h3, figcaption { font-size: 14px; font-weight: 600; margin: 0 0 8px; }
p { margin: 0 0 12px; max-width: 92ch; color: var(--soft); }
small { font-size: 12px; font-weight: 400; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 20px; font-size: 14px; }
a { color: var(--s1); text-decoration: none; }
a:hover { text-decoration: underline; }
figure { margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; min-width: 0; }
.warning { max-width: none; background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px; padding: 10px 14px;
  color: var(--ink); overflow-wrap: anywhere; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(156px, 1fr)); gap: 12px; margin: 0 0 16px; }
.tiles > .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tiles dt { font-size: 13px; color: var(--soft); }
.tiles dd { margin: 0; font-size: 22px; line-height: 1.4; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
.tiles small { display: block; letter-spacing: 0; line-height: 1.4; white-space: normal; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 4px 24px; margin: 0; font-size: 14px; }
.facts > div { display: flex; gap: 10px; min-width: 0; }
.facts dt { color: var(--soft); flex: 0 0 74px; }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }

table { border-collapse: collapse; }
.numbers { width: 100%; font-size: 14px; }
.numbers th, .numbers td { padding: 4px 8px; text-align: right; font-weight: 400; border-bottom: 1px solid var(--grid); }
.numbers thead th { color: var(--soft); font-size: 12px; vertical-align: bottom; }
.numbers th:first-child, .numbers th[scope=row], .numbers .text { text-align: left; }
.numbers th[scope=row], .numbers .text { overflow-wrap: anywhere; }
.numbers th:first-child, .numbers td:first-child { padding-left: 0; }
.numbers .sum th, .numbers .sum td { font-weight: 600; }
.numbers tr:last-child > * { border-bottom: 0; }
.bar { width: 40%; }
.bar span { display: block; height: 10px; min-width: 1px; background: var(--bar); border-radius: 2px; }
.classes thead th:nth-child(2) { text-align: left; } .classes .bar { width: 26%; }
.classes .index { color: var(--soft); text-align: right; width: 1%; }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 12px; }
svg { display: block; width: 100%; height: auto; }
.chart { max-width: 520px; overflow: visible; } .areas { max-width: 600px; } .chart, .areas { margin: 0 auto; font-size: 13px; }
.tick, .name { fill: var(--soft); }
.axis, .grid { stroke: var(--line); fill: none; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line circle { stroke: none; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); }
.line.s0 circle { fill: var(--s0); } .line.s1 circle { fill: var(--s1); }
.name { stroke: none; font-weight: 600; } .name.s0 { fill: var(--s0); } .name.s1 { fill: var(--s1); }
.ring { fill: none; stroke-width: 2; }
.hover { fill: transparent; } .hover:hover { fill: rgb(var(--heat) / .1); }
.areas path[fill] { stroke: var(--card); stroke-width: 1; vector-effect: non-scaling-stroke; }
.areas.small { max-width: none; height: 72px; border-radius: 4px; } .areas.small path { stroke-width: .5; }
.blocks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(45%, 170px), 1fr)); gap: 12px; font-size: 12px; color: var(--soft); }

.pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-items: start; }
@media (min-width: 1000px) { .pair { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } .pair.single { grid-template-columns: minmax(0, 1fr); } .pair.even { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.pair + figure, .pair + .scroll { margin-top: 12px; } .pair > :only-child { grid-column: 1 / -1; }
.scroll { max-height: 460px; overflow-y: auto; }

.wide { overflow-x: auto; }
.heat { width: 100%; min-width: calc(var(--n) * 23px + 102px); table-layout: fixed; font-size: 13px; border-spacing: 2px; border-collapse: separate; }
.heat td { text-align: center; height: 27px; padding: 0; border-radius: 3px; background: var(--empty); color: var(--ink); }
.heat td[style] { background: linear-gradient(rgb(var(--heat) / var(--v)), rgb(var(--heat) / var(--v))), var(--empty); }
.heat td.full { color: var(--on-heat); }
.heat thead td, .heat td.plain { background: none; color: var(--soft); }
.heat th { font-weight: 400; color: var(--soft); padding: 0 4px 0 0; }
.confusion th[scope=row] { text-align: right; }
.confusion tr > :first-child { width: 20%; }
.confusion th span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.confusion th[scope=col] { padding: 0; vertical-align: bottom; }
.confusion th[scope=col] span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 110px; margin: 0 auto; }
.experts th { text-align: center; padding: 0 2px; } .experts tr > :first-child { width: 44px; } .experts tr > :last-child { width: 58px; }
.experts th i { display: block; height: 5px; border-radius: 2px; margin: 0 2px 2px; }
.plot { display: grid; grid-template-columns: 26px minmax(0, 1fr); font-size: 11px; color: var(--soft); }
.plot svg { background: var(--empty); fill: rgb(var(--heat)); shape-rendering: crispEdges; border-radius: 3px; }
.rows, .columns { position: relative; }
.rows span { position: absolute; right: 6px; top: var(--at); transform: translateY(-50%); }
.columns { grid-column: 2; height: 20px; }
.columns span { position: absolute; left: var(--at); top: 4px; transform: translateX(-50%); }

.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 16px 12px; }
.mistakes img { display: block; width: 100%; max-width: 160px; aspect-ratio: 1; object-fit: contain; background: var(--empty); border-radius: 6px; }
img.tiny, .tiny .photo::before { image-rendering: pixelated; }
.mistakes figcaption, .routing figcaption { font-weight: 400; font-size: 13px; line-height: 1.35; margin: 6px 0 0; overflow-wrap: anywhere; }
.mistakes figcaption > span { display: block; }
.truth { font-weight: 600; }
.wrong { color: var(--wrong); }
.wrong span, .truth span { color: var(--soft); font-weight: 400; }

.thumb { display: block; max-width: 160px; background: var(--empty); border-radius: 6px; }
.cloud { fill: none; stroke-linecap: round; aspect-ratio: 1; }
.clouds { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); gap: 12px; }
.turnable figcaption { font-weight: 400; font-size: 13px; line-height: 1.35; margin: 8px 0 0; overflow-wrap: anywhere; }
.turnable.mistaken { border-color: var(--wrong); }
.stage { position: relative; background: var(--empty); border-radius: 6px; overflow: hidden; max-width: 460px; margin: 0 auto; }
.stage canvas { display: none; width: 100%; aspect-ratio: 1; color: var(--ink); cursor: grab; touch-action: pan-y; }
.stage canvas:active { cursor: grabbing; } .stage canvas:focus-visible { outline: 2px solid var(--ink); outline-offset: -2px; border-radius: 6px; }
.stage .probe { position: absolute; left: 8px; bottom: 4px; pointer-events: none; }
.js .stage canvas { display: block; } .js .still, .help { display: none; } .js .help { display: inline; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } .spin { display: none !important; } }

.legend { max-width: none; display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; }
.legend i, .others i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 4px; vertical-align: -1px; }
.routings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr)); gap: 12px; }
.routing figcaption { margin: 0 0 10px; }
.view { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 8fr); gap: 14px; }
.photo { display: block; position: relative; aspect-ratio: 1; border-radius: 4px; overflow: hidden; }
.photo::before { content: ""; position: absolute; inset: 0; background: var(--photo) center / 100% 100%; filter: grayscale(1); }
.photo.plain::before, .bare .photo::before { filter: none; }
.map { position: absolute; inset: 0; width: 100%; height: 100%; opacity: .58; image-rendering: pixelated; }
.bare .map { opacity: 0; }
.state { margin: 6px 0 0; font-size: 12px; } .state b { color: var(--ink); margin-right: 6px; }
.others i { width: 9px; height: 9px; border-radius: 2px; margin-right: 2px; }
.probe { margin: 0; font-size: 12px; min-height: 1.5em; display: none; } .js .probe { display: block; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(60px, 1fr)); gap: 6px; align-content: start; }
.strip .tile { font: inherit; font-size: 11px; color: var(--soft); border: 0; background: none; padding: 0; text-align: left; }
.js button.tile { cursor: pointer; }
.strip .tile[aria-pressed=true] { color: var(--ink); font-weight: 600; } .strip .tile[aria-pressed=true] .photo { outline: 2px solid var(--ink); outline-offset: 1px; }
.controls { display: none; flex-wrap: wrap; gap: 8px 24px; align-items: center; font-size: 14px; margin-bottom: 12px; } .js .controls { display: flex; }
.controls label { display: inline-flex; align-items: center; gap: 6px; }
.controls output { min-width: 2ch; font-weight: 600; }
[role=radiogroup] { display: flex; align-items: center; } [role=radiogroup] b { font-weight: 400; margin-right: 8px; }
[role=radiogroup] input { position: absolute; opacity: 0; }
[role=radiogroup] span { padding: 2px 10px; border: 1px solid var(--line); margin-left: -1px; background: var(--card); cursor: pointer; }
[role=radiogroup] input:checked + span { background: var(--s1); color: var(--card); border-color: var(--s1); }
[role=radiogroup] input:focus-visible + span { outline: 2px solid var(--ink); outline-offset: 1px; }
pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }

@media (max-width: 560px) {
  h1 { font-size: 22px; margin-top: 20px; } .card { padding: 10px; } .tiles { grid-template-columns: 1fr 1fr; gap: 8px; } .tiles dd { font-size: 20px; }
  .heat { font-size: 11px; border-spacing: 1px; } .heat td { height: 24px; border-radius: 2px; }
  .numbers { font-size: 13px; } .numbers th, .numbers td { padding: 4px 5px; } .bar { width: 20%; } .classes .bar { display: none; }
  .view { grid-template-columns: minmax(0, 1fr); } .main { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 12px; align-content: start; }
  .main .photo { grid-row: span 2; } .state b { display: block; } .state { margin: 0; } .areas { font-size: 18px; } .areas.small { height: 56px; } .mistakes { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
@media (max-width: 350px) { .chart { font-size: 15px; } }
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --grid: #e4e4e4; --s0: #b35900; --s1: #0067a3; --heat: 0 103 163;
    --on-heat: #fff; --bar: #0067a3; --empty: #f3f3f3; --warn: #fff4dc; --wrong: #b3261e; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .js .controls, .js .probe, .js .help, .js .stage canvas { display: none; } .js .still { display: block; }
  .scroll { max-height: none; }
  .card, .mistakes figure, .tiles { break-inside: avoid; } .scroll, pre.card { break-inside: auto; } h2 { break-after: avoid; }
}
)css";
}

}  // namespace ax
