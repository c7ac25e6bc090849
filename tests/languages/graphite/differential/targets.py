"""Targets for every function, in several forms. ALL is every series of the world, X and Y two of them."""

from __future__ import annotations

ALL, X, Y, GAPS, SPARSE = "*.*.x", "a.one.x", "a.two.x", "b.gaps.x", "e.sparse.p"
PERIODIC = "e.first.p"

COMBINING = (
    *("sumSeries", "sum", "averageSeries", "avg", "maxSeries", "minSeries", "diffSeries", "multiplySeries"),
    *("rangeOfSeries", "stddevSeries", "countSeries", "powSeries"),
)
CHANGING = (
    *("absolute", "offsetToZero", "invert", "squareRoot", "log", "derivative", "nonNegativeDerivative", "perSecond"),
    *("integral", "changed", "isNonNull", "transformNull", "keepLastValue", "minMax", "cumulative"),
    *("sortByMaxima", "sortByMinima", "sortByTotal", "sortByName", "removeEmptySeries", "unique", "interpolate"),
    *("linearRegression", "delay", "aliasByMetric", "sigmoid", "logit", "upper", "lower", "substr"),
    *("compressPeriodicGaps", "aggregateLine"),
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
    "delay": (f"delay({X}, 0)", f"delay({ALL}, 2)", f"delay({GAPS}, 5)"),
    **{name: (f"{name}({ALL}, 5)", f"{name}({GAPS}, '10min')", f"{name}({X}, 3, 0.5)") for name in MOVING},
    **{name: (f"{name}({ALL}, 2)", f"{name}({ALL}, 1)") for name in PICKING},
    **{name: (f"{name}({ALL}, 5)", f"{name}({ALL}, 20)") for name in COMPARING},
    **{name: (f"{name}({ALL}, 50)", f"{name}({GAPS}, 95)") for name in PERCENTILES},
    "divideSeries": (f"divideSeries({X}, {Y})", f"divideSeries({ALL}, b.flat.x)", f"divideSeries({X}, b.nulls.x)"),
    "divideSeriesLists": (
        f"divideSeriesLists({ALL}, {ALL})",
        "divideSeriesLists(d.*.z, d.*.z)",
        f"divideSeriesLists({ALL}, {X})",
    ),
    **{
        name: (
            f"{name}({ALL}, scale({ALL}, 3))",
            f"{name}({X}, {GAPS})",
            f"{name}({ALL}, {X})",
            f"{name}(d.*.z, d.*.z)",
        )
        for name in ("sumSeriesLists", "diffSeriesLists", "multiplySeriesLists")
    },
    "aggregateSeriesLists": (
        *(f"aggregateSeriesLists({ALL}, scale({ALL}, 2), '{how}')" for how in AGGREGATIONS),
        f"aggregateSeriesLists({ALL}, {ALL}, 'maxSeries', 0.9)",
        f"sumSeries(aggregateSeriesLists({ALL}, {ALL}, 'avg'))",
    ),
    "pct": (f"pct({ALL})", f"pct(a.*.x, {Y})"),
    "mapSeries and reduceSeries": tuple(
        f"reduceSeries(mapSeries({names}, {node}), '{how}', {place}, {matchers})"
        for names, node, place, matchers in (
            ("a.*.*", 0, 1, "'one', 'two'"),
            ("*.{one,gaps,point,flat}.x", 2, 0, "'b', 'a'"),
            ("{a,b}.*.x", "0, 2", -2, "'one', 'two'"),
        )
        for how in ("diffSeries", "asPercent", "divideSeries", "sumSeries")
    ),
    "reduceSeries of less": ("reduceSeries(mapSeries(*.*.x, 0), 'diffSeries', 1, 'one', 'gaps')",),
    "map and reduce": (
        "reduce(map(a.*.*, 0), 'asPercent', 1, 'two', 'one')",
        "scale(reduce(map(a.*.*, 0), 'diffSeries', 1, 'two', 'one'), 2)",
    ),
    "applyByNode": (
        "applyByNode(*.*.x, 0, 'sumSeries(%.*.x)')",
        "applyByNode(*.*.x, 1, 'scale(%.x, 2)', '% by two')",
        "sumSeries(applyByNode(a.*.x, 0, 'maxSeries(%.*.x)'))",
        "applyByNode(*.*.x, -2, 'absolute(%.x)')",
        "applyByNode(no.such.x, 0, 'sumSeries(%.*.x)')",
        "applyByNode(a.*.x, 0, 'nothing(%.*.x)')",
        "applyByNode(a.*.x, 1, 'movingAverage(%.x, 3)')",
        """applyByNode(a.*.x, 0, "applyByNode(%.*.x, 1, 'offset(%.two.x, 2)')")""",
        "applyByNode(b.*.x, 1, 'summarize(%.x, \"7min\")')",
    ),
    "aliasQuery": (
        r"aliasQuery(*.*.x, '(\w+)\.\w+\.x', 'c.rising.x', 'now %d')",
        r"aliasQuery(a.{one,two}.x, 'two', 'one', '%.2f%% of it')",
        r"sumSeries(aliasQuery(a.{one,two}.x, 'two', 'one', 'x %s'))",
        r"aliasQuery(a.{one,two}.x, 'two', 'none', '%s')",
        r"aliasQuery(a.one.x, '^.*', 'b.nulls.x', '%s')",
        r"aliasQuery(a.one.x, 'one', 'two', 'no conversion')",
        r"aliasQuery(a.one.x, 'one', 'two', '%d and %d')",
    ),
    "useSeriesAbove": (
        "useSeriesAbove(transformNull(*.*.x), 50, 'transformNull.(.*),0.', 'c.rising.x')",
        r"useSeriesAbove(keepLastValue(transformNull({a,b}.*.x)), 20, '.*(\w\.\w+\.x).*', 'scale(\1, 2)')",
        "useSeriesAbove(isNonNull(a.*.x), 5, 'x', 'y')",
        f"useSeriesAbove({GAPS}, 5, 'b.gaps', 'a.one')",
    ),
    "template": (
        "template(scale(a.$1.x, $2), 'one', 3)",
        "template(sumSeries($which.*.x, $2), which='a')",
        "template(a.$name.x, name='one')",
        "template(scale(a.$name.x, $factor), name='two', factor='-2.5')",
        "template(alias(a.$1.x, $2), 'one', 'a name')",
        "scale(template(a.{$1,$2}.x, 'one', 'two'), 3)",
        "template(sumSeries(template(a.$1.x, 'two'), a.$1.x), 'one')",
        "template(a.one.x)",
        "template($1, 'a.one.x')",
        "template(scale(a.$1.x, $2), 'one')",
    ),
    "add": (f"add({ALL}, 10)", f"add({GAPS}, -0.5)", f"add({ALL}, 2.75)"),
    "exp": (f"exp(scale({ALL}, 0.1))", f"exp({GAPS})", f"exp({ALL})"),
    "of a tenth": (f"logit(scale({ALL}, 0.01))", f"sigmoid(scale({ALL}, 0.1))"),
    "letters": (f"upper({ALL}, 0, -1, 99)", f"lower(upper({ALL}), 0, 2)", f"upper(scale({ALL}, 2))"),
    "substr": (
        f"substr({ALL}, 1)",
        f"substr({ALL}, 0, 2)",
        f"substr({ALL}, -2, -1)",
        f"substr(scale({ALL}, 2), 1, 3)",
        f"substr(alias({X}, 'a)b(c.d'), 0, 1)",
        f"substr(movingAverage({ALL}, 3), 1)",
    ),
    "compressPeriodicGaps": (
        f"compressPeriodicGaps({SPARSE})",
        f"derivative(compressPeriodicGaps({SPARSE}))",
        f"compressPeriodicGaps({PERIODIC})",
    ),
    "aggregateLine": (
        *(f"aggregateLine({ALL}, '{how}')" for how in AGGREGATIONS),
        f"aggregateLine({ALL}, 'max', true)",
        f"sumSeries(aggregateLine({X}))",
    ),
    "nodes that there are not": (
        f"aliasByNode({ALL}, 1, 9, -9)",
        f"groupByNodes({ALL}, 'sum', 9, 0)",
        f"groupByNode({ALL}, 9)",
    ),
    "all but the last": (
        *(f"{name}({ALL}, -2)" for name in ("limit", "highestMax", "lowestCurrent", "mostDeviant")),
        f"highest({ALL}, -1, 'sum')",
    ),
    "numbers in names": (
        *(
            f"{name}({X}, {number})"
            for name in ("scaleToSeconds", "add", "scale", "offset")
            for number in (2592000, 1.5)
        ),
        *(f"{name}({Y}, 1234567)" for name in ("removeAboveValue", "transformNull", "asPercent", "log", "stdev")),
        *(f"{name}({Y}, 0.123456789)" for name in ("pow", "removeBelowValue", "nPercentile", "asPercent", "log")),
        f"percentileOfSeries({ALL}, 12.3456789)",
        "constantLine(1234567.891)",
        "threshold(1234567)",
        f"asPercent({X}, 100.0)",
        f"delay({X}, 1234567)",
        f"round({X}, 1234567)",
    ),
    "lists of one and none": (f"multiplySeries(no.such.x, {X})", f"multiplySeries({X})"),
    "counting": (f"filterSeries({ALL}, 'count', '=', 0)", f"sortBy({ALL}, 'count')"),
    "sin": ("sin('wave')", "sinFunction('wave', 3, 120)"),
    "holtWintersConfidenceArea": (
        f"holtWintersConfidenceArea({X}, 2, '2h')",
        f"holtWintersConfidenceArea({GAPS}, 3, '3h', '30min')",
        f"holtWintersConfidenceArea({ALL}, 2, '2h')",
    ),
    "a part of a point": (
        f"movingAverage({ALL}, 2.5)",
        f"exponentialMovingAverage({ALL}, 3.9)",
        f"movingMax({X}, '1.5min')",
        f"movingWindow({GAPS}, 0.5)",
    ),
    "smartSummarize by the week": tuple(
        f"smartSummarize({X}, '{span}', 'sum', '{unit}')"
        for span, unit in (("1d", "weeks"), ("1d", "weeks7"), ("7d", "weeks3"), ("1h", "days"))
    ),
    "smartSummarize as it was": (
        f"smartSummarize({X}, '10min', 'sum', true)",
        f"smartSummarize({X}, '10min', 'sum', 'min')",
        f"smartSummarize({X}, '10min', 'sum', 'often')",
    ),
    "consolidateBy a median": (f"consolidateBy({ALL}, 'median')", "sumSeries(consolidateBy(d.*.z, 'median'))"),
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

# Functions of graphite-web that are not here: docs/hosted-graphite.md says why.
LEFT_OUT = (
    *("alpha", "areaBetween", "cactiStyle", "color", "dashed", "drawAsInfinite", "legendValue", "lineWidth"),
    *("secondYAxis", "stacked", "verticalLine", "average", "maximum", "minimum", "randomWalk", "randomWalkFunction"),
    "events",
)

# Where ours differs, and why that is meant.
MEANT: dict[str, str] = {
    "applyByNode(b.*.x, 1, 'summarize(%.x, \"7min\")')": "it moves results to where the series begin that it was given",
    f"delay({X}, 0)": "it makes no values of no steps",
    f"exp({ALL})": "it fails where a value is too large; ours has none there",
    f"useSeriesAbove({GAPS}, 5, 'b.gaps', 'a.one')": "it fails over a gap",
    "reduceSeries(mapSeries(*.*.x, 0), 'diffSeries', 1, 'one', 'gaps')": "it fails where one of the two is missing",
    f"compressPeriodicGaps({PERIODIC})": "it begins with the second value where the series begins with the first",
    "sumSeries(consolidateBy(d.*.z, 'median'))": "it knows no median there",
    "template($1, 'a.one.x')": "it takes the name for text",
    f"nonNegativeDerivative({ALL}, 100)": "it fails where a gap meets a maximum; ours passes over the gap",
    "asPercent(d.*.z)": "over series of several steps it keeps the step of each, though not its values",
    f"timeSlice({ALL}, '1599999000', '1599999600')": "its slice begins and ends a step too late",
    "stdev(a.two.x, 5)": "its running sums sometimes lose a deviation of nought to rounding",
    "movingAverage(d.*.z, 5)": "over several steps it moves earlier values of the short ones into the request",
    f"stdev({ALL}, 5)": "the same",
    f"stdev({GAPS}, 5, 0.5)": "the same",
}
