// Charts from the JSON beside them: lines by uPlot, heat maps on a canvas of their own.
"use strict";

const TidewatchCharts = (() => {
  const drawn = new Map();
  const dashes = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
  const heights = { lines: 190, heatmap: 200 };

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const lineColours = () => [1, 2, 3, 4, 5, 6].map((n) => style(`--line-${n}`));

  function plain(number) {
    if (number === 0) return "0";
    const size = Math.abs(number);
    if (size >= 1e9) return `${+(number / 1e9).toPrecision(3)} G`;
    if (size >= 1e6) return `${+(number / 1e6).toPrecision(3)} M`;
    if (size >= 1e4) return `${+(number / 1e3).toPrecision(3)} k`;
    return String(+number.toPrecision(3));
  }

  function quantity(number, unit) {
    if (number === null || number === undefined) return "–";
    if (unit === "{share}") return `${+(100 * number).toPrecision(3)} %`;
    if (unit === "s" && Math.abs(number) < 1 && number !== 0) return `${+(1000 * number).toPrecision(3)} ms`;
    if (unit === "" || unit === "1") return plain(number);
    if (!unit.startsWith("{")) return `${plain(number)} ${unit.replace(/[[\]]/g, "")}`;
    const [name, per] = unit.slice(1).split("}");
    // As schemas/quantity_words.py has them.
    const single = number === 1 || name.endsWith("s") || name === name.toUpperCase();
    const words = single ? name : name.replace(/ry$/, "rie") + "s";
    return `${plain(number)} ${words}${per}`;
  }

  function clock(seconds, span) {
    const text = new Date(seconds * 1000).toISOString();
    if (span > 3 * 86400) return text.slice(5, 10);
    if (span > 86400) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
    return span < 600 ? text.slice(11, 19) : text.slice(11, 16);
  }

  function extent(data) {
    let [low, high] = [Infinity, -Infinity];
    for (const { values } of data.series) {
      for (const value of values) {
        if (value === null) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (data.minimum !== null) low = Math.min(data.minimum, low);
    else if (low > 0 && low < 0.6 * high) low = 0;
    if (data.maximum !== null) high = Math.max(data.maximum, high);
    if (high === low) high = low + (Math.abs(low) || 1);
    return [low, high + (data.maximum === null ? 0.06 * (high - low) : 0)];
  }

  function marks(data) {
    return (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      for (const { at, level } of data.thresholds ?? []) {
        const y = plot.valToPos(at, "y", true);
        if (y < bbox.top || y > bbox.top + bbox.height || level === "good") continue;
        ctx.strokeStyle = style(`--${level}`);
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
      for (const [number, { at, name }] of (data.marks ?? []).entries()) {
        const x = plot.valToPos(at, "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.strokeStyle = ctx.fillStyle = style("--text");
        ctx.setLineDash([2, 3]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
        ctx.textAlign = "left";
        ctx.fillText(name, x + 4 * devicePixelRatio, bbox.top + (12 + 14 * (number % 3)) * devicePixelRatio);
      }
      ctx.restore();
    };
  }

  function lines(place, data) {
    const colours = lineColours();
    const [low, high] = extent(data);
    // A single point stands in the middle of an hour.
    const begin = data.times[0] - (data.times.length > 1 ? 0 : 1800);
    const end = data.times.at(-1) + (data.times.length > 1 ? 0 : 1800);
    const span = end - begin;
    const widest = (texts) => Math.max(40, 16 + 7 * Math.max(0, ...(texts ?? []).map((text) => text.length)));
    const axis = { stroke: style("--faint-text"), grid: { stroke: style("--grid") }, ticks: { show: false }, gap: 6, font: "12px system-ui, sans-serif" };
    const single = data.times.length < 3;
    const few = data.series.length;
    return new uPlot({
      width: Math.max(place.clientWidth, 120),
      height: heights.lines,
      padding: [null, 26, null, null],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      legend: {
        show: few > 1 || data.series[0].name !== "",
        markers: { width: 0, fill: (_, index) => colours[(index - 1) % colours.length] },
      },
      cursor: { drag: { setScale: false }, points: { size: 7 } },
      scales: { x: { time: true, range: () => [begin, end] }, y: { range: () => [low, high] } },
      axes: [
        { ...axis, size: 26, space: 70, values: (_, ticks) => ticks.map((tick) => clock(tick, span)) },
        { ...axis, size: (_, texts) => widest(texts), values: (_, ticks) => ticks.map((tick) => quantity(tick, data.unit)) },
      ],
      series: [
        { label: "UTC", value: (_, seconds) => seconds === null ? "" : clock(seconds, 0) },
        ...data.series.map(({ name }, index) => ({
          label: name || "value",
          stroke: colours[index % colours.length],
          dash: dashes[Math.floor(index / colours.length) % dashes.length],
          width: 2,
          spanGaps: false,
          points: { show: single || undefined },
          value: (_, number) => number === null ? "" : quantity(number, data.unit),
        })),
      ],
      hooks: { draw: [marks(data)] },
    }, [data.times, ...data.series.map(({ values }) => values)], place);
  }

  function heatmap(place, data) {
    const canvas = document.createElement("canvas");
    const ratio = devicePixelRatio || 1;
    const width = Math.max(place.clientWidth, 120);
    const left = width > 600 ? 170 : 96;
    const bottom = 38;
    // Names are to be read; numbers may lie closer than their labels.
    const named = data.lanes.some((name) => Number.isNaN(Number(name.replaceAll(",", ""))));
    const close = Math.min(24, Math.max(5, (heights.heatmap - bottom) / Math.max(data.lanes.length, 1)));
    const laneHeight = named ? 18 : close;
    const height = laneHeight * data.lanes.length + bottom;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const most = data.cells.reduce((found, [, , value]) => Math.max(found, value), 0) || 1;
    const cell = (width - left) / Math.max(data.times.length, 1);
    context.fillStyle = style("--line-1");
    for (const [x, lane, value] of data.cells) {
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(Math.max(value, 0) / most);
      context.fillRect(left + x * cell, (data.lanes.length - 1 - lane) * laneHeight, Math.ceil(cell), Math.max(laneHeight - 1, 1));
    }
    context.globalAlpha = 1;
    context.fillStyle = style("--faint-text");
    context.font = "11px system-ui, sans-serif";
    const every = Math.ceil(14 / laneHeight);
    data.lanes.forEach((name, lane) => {
      if (lane % every) return;
      const fits = Math.floor(left / 6.6);
      const text = name.length > fits ? `${name.slice(0, fits - 1)}…` : name;
      context.fillText(text, 2, (data.lanes.length - lane) * laneHeight - laneHeight / 2 + 4);
    });
    const span = data.times.at(-1) - data.times[0] || 3600;
    for (let x = 0; x < data.times.length; x += Math.ceil(80 / Math.max(cell, 1))) {
      context.fillText(clock(data.times[x], span), left + x * cell, height - 24);
    }
    // What the colours mean: from pale to full.
    const steps = 24;
    context.fillStyle = style("--line-1");
    for (let step = 0; step < steps; step += 1) {
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(step / (steps - 1));
      context.fillRect(left + step * 5, height - 13, 5, 9);
    }
    context.globalAlpha = 1;
    context.fillStyle = style("--faint-text");
    context.fillText("0", left - 12, height - 5);
    context.fillText(quantity(most, data.unit), left + steps * 5 + 6, height - 5);
    const found = new Map(data.cells.map(([x, lane, value]) => [`${x},${lane}`, value]));
    canvas.addEventListener("mousemove", (event) => {
      const x = Math.floor((event.offsetX - left) / cell);
      const lane = data.lanes.length - 1 - Math.floor(event.offsetY / laneHeight);
      const value = found.get(`${x},${lane}`);
      const at = x >= 0 && x < data.times.length ? clock(data.times[x], span) : "";
      canvas.title = value === undefined ? "" : `${data.lanes[lane]}, ${at}: ${quantity(value, data.unit)}`;
    });
    place.append(canvas);
    return { destroy: () => canvas.remove() };
  }

  function draw(place) {
    const source = place.querySelector("script");
    if (!source || drawn.has(place)) return;
    const data = JSON.parse(source.textContent);
    drawn.set(place, { data, plot: data.kind === "heatmap" ? heatmap(place, data) : lines(place, data), width: place.clientWidth });
    observer.observe(place);
  }

  function again(place) {
    drawn.get(place)?.plot.destroy();
    drawn.delete(place);
    draw(place);
  }

  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const known = drawn.get(target);
      if (known && Math.abs(known.width - target.clientWidth) > 4) again(target);
    }
  });

  return {
    draw,
    redraw: () => { for (const place of [...drawn.keys()]) again(place); },
    forget: (root) => {
      for (const place of [...drawn.keys()]) {
        if (!root.contains(place)) continue;
        observer.unobserve(place);
        drawn.get(place).plot.destroy();
        drawn.delete(place);
      }
    },
  };
})();
