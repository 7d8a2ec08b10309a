-- +goose Up

-- A year is asked for most, and would have to be added up from a thousand rows a unit each time. Its figures stand beside
-- those of its months, under month = -year: totals as their sum, distinct counts as the keys that stand in the year
-- (prev is 0 there).
INSERT INTO totals (unit, month, indicator, grp, value, entries)
SELECT unit, -(month / 12), indicator, grp, sum(value), sum(entries) FROM totals WHERE month >= 12 GROUP BY 1, 2, 3, 4;
INSERT INTO steps (unit, month, indicator, grp, prev, n)
SELECT unit, -(month / 12), indicator, grp, 0, sum(n) FROM steps WHERE month >= 12 AND prev < month / 12 * 12 GROUP BY 1, 2, 3, 4;
