package main

import (
	"time"

	"niangjia/server/demo"
)

// dashboardsOf are the answers that a dashboard is drawn from, for those who look at it and for those who are told less.
func dashboardsOf(now time.Time) []page {
	year := now.Format("2006")
	of := func(what, unit, more string) string {
		return "/api/v1/dashboard" + what + "?unit=" + unit + "&year=" + year + more
	}
	return []page{
		{"dashboard, city", cityLogin, of("", demo.City, "")},
		{"dashboard, county", countyLogin, of("", demo.County, "")},
		{"dashboard, township", townshipLogin, of("", demo.Township, "")},
		{"dashboard, county for the city", cityLogin, of("", demo.County, "")},
		{"dashboard, a quarter of a township for the city", cityLogin, of("", demo.Township, "&quarter=1")},
		{"tiles of a city, a count", cityLogin, of("/units", demo.City, "&indicator=visits&deep=1")},
		{"tiles of a city, what is distinct", cityLogin, of("/units", demo.City, "&indicator=households_visited&deep=1")},
		{"tiles of a city, a rate", cityLogin, of("/units", demo.City, "&indicator=mediation_success_rate&deep=1")},
		{"trend of a city, a count", cityLogin, "/api/v1/totals/months?unit=" + demo.City + "&indicator=visits&year=" + year},
		{"silent villages of a city", cityLogin, of("/silent", demo.City, "")},
		{"what waits in a city", cityLogin, of("/waiting", demo.City, "")},
		{"what waits in a township", townshipLogin, of("/waiting", demo.Township, "")},
	}
}
