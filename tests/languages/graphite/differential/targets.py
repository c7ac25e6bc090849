"""Targets for every function, in several forms. ALL is every series of the world, X and Y two of them."""

from __future__ import annotations

ALL, X, Y, GAPS = "*.*.x", "a.one.x", "a.two.x", "b.gaps.x"

COMBINING = (
    *("sumSeries", "sum", "averageSeries", "avg", "maxSeries", "minSeries", "diffSeries", "multiplySeries"),
    *("rangeOfSeries", "stddevSeries", "countSeries"),
)
CHANGING = (
    *("absolute", "offsetToZero", "invert", "squareRoot", "log", "derivative", "nonNegativeDerivative", "perSecond"),
    *("integral", "changed", "isNonNull", "transformNull", "keepLastValue", "minMax", "cumulative"),
    *("sortByMaxima", "sortByMinima", "sortByTotal", "sortByName", "removeEmptySeries", "unique", "interpolate"),
    *("linearRegression", "delay", "aliasByMetric"),
)
MOVING = ("movingAverage", "movingMedian", "movingMax", "movingMin", "movingSum")
PICKING = ("highestMax", "highestCurrent", "highestAverage", "lowestAverage", "lowestCurrent", "limit", "mostDeviant")
COMPARING = (
    *("currentAbove", "currentBelow", "maximumAbove", "maximumBelow", "minimumAbove", "minimumBelow"),
    *("averageAbove", "averageBelow", "removeAboveValue", "removeBelowValue"),
)
PERCENTILES = ("removeAbovePercentile", "removeBelowPercentile", "nPercentile")
AGGREGATIONS = ("sum", "avg", "min", "max", "median", "stddev", "count", "range", "last", "diff", "multiply")

TARGETS: dict[str, tuple[str, ...]] = {
    **{name: (f"{name}({ALL})", f"{name}({X}, {GAPS})", f"{name}(b.nulls.x)") for name in COMBINING},
    **{name: (f"{name}({ALL})", f"{name}({GAPS})") for name in CHANGING if name != "delay"},
    "delay": (f"delay({ALL}, 2)", f"delay({GAPS}, 5)"),
    **{name: (f"{name}({ALL}, 5)", f"{name}({GAPS}, '10min')", f"{name}({X}, 3, 0.5)") for name in MOVING},
    **{name: (f"{name}({ALL}, 2)", f"{name}({ALL}, 1)") for name in PICKING},
    **{name: (f"{name}({ALL}, 5)", f"{name}({ALL}, 20)") for name in COMPARING},
    **{name: (f"{name}({ALL}, 50)", f"{name}({GAPS}, 95)") for name in PERCENTILES},
    "divideSeries": (f"divideSeries({X}, {Y})", f"divideSeries({ALL}, b.flat.x)", f"divideSeries({X}, b.nulls.x)"),
    "divideSeriesLists": (f"divideSeriesLists({ALL}, {ALL})",),
    "asPercent": (f"asPercent({ALL})", "asPercent(a.*.x, 100)", f"asPercent(a.*.x, {Y})", "asPercent(a.*.x, None, 0)"),
    "percentileOfSeries": (f"percentileOfSeries({ALL}, 50)", f"percentileOfSeries({ALL}, 95, true)"),
    "aggregate": (*tuple(f"aggregate({ALL}, '{how}')" for how in AGGREGATIONS), f"aggregate({ALL}, 'sum', 0.5)"),
    "aggregateWithWildcards": (f"aggregateWithWildcards({ALL}, 'sum', 1)",),
    "sumSeriesWithWildcards": (f"sumSeriesWithWildcards({ALL}, 1)", f"sumSeriesWithWildcards({ALL}, 0, 1)"),
    "averageSeriesWithWildcards": (f"averageSeriesWithWildcards({ALL}, 1)",),
    "multiplySeriesWithWildcards": ("multiplySeriesWithWildcards(a.*.*, 1)",),
    "groupByNode": (f"groupByNode({ALL}, 0)", f"groupByNode({ALL}, 0, 'max')", f"groupByNode({ALL}, -1, 'avg')"),
    "groupByNodes": (f"groupByNodes({ALL}, 'sum', 0, 2)",),
    "group": (f"group({X}, {GAPS})",),
    "scale": (f"scale({ALL}, 2.5)", f"scale({GAPS}, -1)", f"scale({ALL}, 0)"),
    "scaleToSeconds": (f"scaleToSeconds({ALL}, 1)", f"scaleToSeconds({GAPS}, 3600)"),
    "offset": (f"offset({ALL}, 10)", f"offset({GAPS}, -0.5)"),
    "pow": (f"pow({ALL}, 2)", f"pow({Y}, 0.5)"),
    "logarithm": (f"log({Y}, 2)",),
    "round": (f"round({ALL}, 1)", f"round({ALL})"),
    "integralByInterval": (f"integralByInterval({ALL}, '5min')",),
    "nonNegativeDerivative with a limit": (f"nonNegativeDerivative({ALL}, 100)",),
    "transformNull with a value": (f"transformNull({ALL}, 3)", f"transformNull({GAPS}, -1)"),
    "keepLastValue with a limit": (f"keepLastValue({ALL}, 1)", f"keepLastValue({GAPS}, 3)"),
    "alias": (f"alias({ALL}, 'same')", f"alias({X}, \"with 'quotes'\")"),
    "aliasByNode": (f"aliasByNode({ALL}, 1)", f"aliasByNode({ALL}, 0, -1)", f"aliasByNode(scale({ALL}, 2), 1)"),
    "aliasSub": (rf"aliasSub({ALL}, '^.*\.(\w+)\.x', 'host \1')",),
    "movingWindow": tuple(f"movingWindow({ALL}, 4, '{how}')" for how in ("avg", "max", "sum", "median")),
    "exponentialMovingAverage": (f"exponentialMovingAverage({ALL}, 5)", f"exponentialMovingAverage({X}, '5min')"),
    "stdev": ("stdev(a.two.x, 5)", f"stdev({ALL}, 5)", f"stdev({GAPS}, 5, 0.5)"),
    "summarize": (
        *(f"summarize({ALL}, '5min', '{how}')" for how in ("sum", "avg", "max", "min", "last", "count")),
        f"summarize({GAPS}, '7min')",
        f"summarize({ALL}, '10min', 'sum', true)",
    ),
    "smartSummarize": (f"smartSummarize({ALL}, '5min', 'avg')", f"smartSummarize({GAPS}, '10min')"),
    "hitcount": (f"hitcount({ALL}, '5min')", f"hitcount({GAPS}, '10min', true)", f"hitcount({GAPS}, '1h', true)"),
    "consolidateBy": (f"consolidateBy({ALL}, 'max')",),
    "timeShift": (f"timeShift({ALL}, '10min')", f"timeShift({X}, '+5min')"),
    "timeSlice": (f"timeSlice({ALL}, '1599999000', '1599999600')",),
    "moments": (
        f"linearRegression({X}, '12:30_20200913', '12:50_20200913')",
        f"linearRegression({X}, '1pm 9/13/20', 'midnight+2h')",
    ),
    "timeStack": (f"timeStack({X}, '10min', 0, 2)",),
    "constantLine": ("constantLine(12.5)",),
    "threshold": ("threshold(3)", "threshold(3, 'limit')"),
    "holtWintersForecast": tuple(f"holtWintersForecast({name}, '2h')" for name in (X, GAPS, "c.rising.x")),
    "a season": (f"holtWintersForecast({X}, '3h', '30min')",),
    "holtWintersConfidenceBands": (f"holtWintersConfidenceBands({X}, 2, '2h')",),
    "holtWintersAberration": (f"holtWintersAberration({X}, 1, '2h')", f"holtWintersAberration({GAPS}, 1, '2h')"),
    "exclude": (f"exclude({ALL}, 'a\\.')",),
    "grep": (f"grep({ALL}, 'gaps|one')",),
    "filterSeries": (f"filterSeries({ALL}, 'max', '>', 5)", f"filterSeries({ALL}, 'last', '<=', 7)"),
    "highest": (f"highest({ALL}, 2, 'max')", f"highest({ALL}, 1, 'average')"),
    "lowest": (f"lowest({ALL}, 2, 'min')",),
    "sortBy": (f"sortBy({ALL}, 'max')", f"sortBy({ALL}, 'sum', true)"),
    "averageOutsidePercentile": ("averageOutsidePercentile(a.*.*, 30)",),
    "weightedAverage": (f"weightedAverage({ALL}, {ALL}, 1)",),
    "fallbackSeries": (f"fallbackSeries(no.such.x, {X})", f"fallbackSeries({X}, {Y})"),
    "series of two steps": (
        "movingAverage(d.*.z, 5)",
        "sumSeries(d.*.z)",
        "averageSeries(d.*.z)",
        "asPercent(d.*.z)",
        "maxSeries(d.*.z)",
    ),
    "setXFilesFactor": (f"setXFilesFactor({ALL}, 0.5)", f"summarize(setXFilesFactor({ALL}, 0.9), '5min')"),
    "xFilesFactor": (f"xFilesFactor({ALL}, 0.5)",),
    "sum with a median": (f"aggregate({ALL}, 'median', 0.9)",),
    "smartSummarize with a unit": (f"smartSummarize({ALL}, '10min', 'sum', 'hours')",),
    "a share kept": (f"movingAverage(setXFilesFactor({ALL}, 0.9), 5)", f"sumSeries(setXFilesFactor({ALL}, 0.9))"),
    "names that were shifted": (f"sumSeries(timeShift({ALL}, '5min'))", "sumSeries(constantLine(5), constantLine(6))"),
    "pipes": (f"{ALL}|scale(2)|sumSeries()",),
    "nesting": (f"alias(averageSeries(scale({ALL}, 10)), 'load')", f"sumSeries(group({X}, absolute({GAPS})))"),
}

# Where ours differs, and why that is meant.
MEANT: dict[str, str] = {
    f"nonNegativeDerivative({ALL}, 100)": "it fails where a gap meets a maximum; ours passes over the gap",
    "asPercent(d.*.z)": "over series of several steps it keeps the step of each, though not its values",
    f"timeSlice({ALL}, '1599999000', '1599999600')": "its slice begins and ends a step too late",
    "stdev(a.two.x, 5)": "its running sums sometimes lose a deviation of nought to rounding",
    "movingAverage(d.*.z, 5)": "over several steps it moves earlier values of the short ones into the request",
    f"stdev({ALL}, 5)": "the same",
    f"stdev({GAPS}, 5, 0.5)": "the same",
}
