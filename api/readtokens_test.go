package api_test

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/sync/record"
)

// makeReadToken makes a read token of a unit and gives its id and what opens with it.
func (c *city) makeReadToken(by *person, unit, name string, days int) (id, clear string) {
	c.t.Helper()
	r := c.post(by, "/api/v1/read-tokens", map[string]any{"unit": unit, "name": name, "days": days}).want(200)
	return r.text("id"), r.text("token")
}

// read asks with a read token, from an address.
func (c *city) read(token, path, address string) *reply {
	c.t.Helper()
	req := httptest.NewRequest("GET", path, nil)
	req.RemoteAddr = address + ":1234"
	req.Header.Set("Authorization", "Bearer "+token)
	return c.do(nil, req)
}

// theReadToken is one of the county, for the table of who may do what.
func theReadToken(c *city) string {
	if c.readToken == "" {
		maker := c.join("token-maker", record.Seat{Role: record.Manager, Unit: theCounty})
		c.readToken, _ = c.makeReadToken(maker, theCounty, "合成", 30)
	}
	return c.readToken
}

// T8 T14: a read token opens the totals of its unit, in both forms, and nothing else; it is shown once, and each is told the same.
func TestAReadTokenOpensTotalsAndNothingElse(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	chief := c.join("chief", record.Seat{Role: record.Manager, Unit: theCity})
	id, whole := c.makeReadToken(chief, theCity, "省妇联大屏", 365)
	_, county := c.makeReadToken(chief, theCounty, "县大数据中心", 30)

	if list := string(c.get(chief, "/api/v1/read-tokens").want(200).body); strings.Contains(list, whole) || strings.Contains(list, "njr_") || !strings.Contains(list, "省妇联大屏") {
		t.Errorf("the list: %s", list)
	}
	for _, route := range c.server.Routes() {
		method, path, _ := strings.Cut(route, " ")
		open := strings.HasPrefix(path, "/api/v1/open/")
		req := httptest.NewRequest(method, strings.NewReplacer(":id", id, ":name", "x", ":receipt", "x").Replace(path)+"?period=2026", bytes.NewReader([]byte(`{}`)))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+whole)
		r := c.do(nil, req)
		anybody := c.do(nil, httptest.NewRequest(method, req.URL.String(), bytes.NewReader([]byte(`{}`)))).status != 401
		if open != (r.status == 200) && !anybody {
			t.Errorf("%s answers a read token with %d: %s", route, r.status, r.body)
		}
		if !open && !anybody && r.status != 401 {
			t.Errorf("%s lets a read token in: %d", route, r.status)
		}
	}

	units := c.read(county, "/api/v1/open/units", "192.0.2.1").want(200)
	if n := len(units.json["units"].([]any)); units.text("unit") != theCounty || n != len(strings.Split(strings.TrimSpace(string(c.read(county, "/api/v1/open/units?format=csv", "192.0.2.1").want(200).body)), "\r\n"))-1 || n < 50 {
		t.Errorf("%d units of %s", n, units.text("unit"))
	}
	if text := string(units.body); strings.Contains(text, `"`+theCity+`"`) || strings.Contains(text, "530902") {
		t.Error("it is told of units beyond its own")
	}
	defined := map[string]map[string]any{}
	for _, x := range c.read(county, "/api/v1/open/indicators", "192.0.2.1").want(200).json["indicators"].([]any) {
		ind := x.(map[string]any)
		defined[ind["id"].(string)] = ind
		if ind["definition"].(map[string]any)["zh"] == "" || ind["decimals"].(float64) == 2 && ind["unit"].(map[string]any)["zh"] == "万元" {
			t.Errorf("told of %v", ind)
		}
	}

	// What a county's token and the city's are told of one unit is the same, and no reader with fewer rights is told more.
	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCity})
	decider := c.join("decider-again", record.Seat{Role: record.Reviewer, Unit: theCounty})
	hidden := 0
	for _, unit := range []string{theCity, theCounty, theTownship, theVillage} {
		for _, period := range []string{"2026", "2026-11", "2026-11-01--2026-11-22"} {
			path := "/api/v1/open/figures?unit=" + unit + "&period=" + period
			a := c.read(whole, path, "192.0.2.1").want(200)
			rows := compact(t, a.json["rows"])
			if unit != theCity {
				if b := c.read(county, path, "192.0.2.1").want(200); compact(t, b.json["rows"]) != rows {
					t.Errorf("%s %s: two tokens are told otherwise", unit, period)
				}
			}
			page := c.get(auditor, "/api/v1/totals?unit="+unit+"&period="+period).want(200)
			if compact(t, page.json["rows"]) != rows {
				t.Errorf("%s %s: not what an auditor of the city is told", unit, period)
			}
			hidden += strings.Count(rows, `"withheld":true`)
			for _, v := range a.json["rows"].([]any)[0].(map[string]any)["values"].([]any) {
				if defined[v.(map[string]any)["indicator"].(string)] == nil {
					t.Errorf("%v has no definition", v)
				}
			}
			lines, err := csv.NewReader(bytes.NewReader(c.read(whole, path+"&format=csv", "192.0.2.1").want(200).body)).ReadAll()
			if err != nil || len(lines)-1 != strings.Count(rows, `"indicator"`) {
				t.Errorf("%d lines of CSV, %v", len(lines), err)
			}
			for _, l := range lines[1:] {
				if (l[11] == "true") != (l[8] == "" && l[11] == "true") {
					t.Errorf("a withheld figure with a value: %v", l)
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("nothing was withheld")
	}
	if told := string(c.get(decider, "/api/v1/totals?unit="+theTownship+"&period=2026").want(200).body); strings.Contains(told, `"withheld":true`) {
		t.Error("who reads the entries is told less than she may")
	}
	one := c.read(whole, "/api/v1/open/figures?period=2026&indicators=visits", "192.0.2.1").want(200)
	if strings.Contains(string(one.body), `"mediations"`) || one.text("unit") != theCity || one.text("first_day") != "2026-01-01" || one.text("last_day") != "2026-12-31" {
		t.Errorf("one figure: %s", one.body)
	}

	// Beyond its unit it is told nothing, not even whether there is such a unit.
	for _, unit := range []string{theCity, "530902000000", "999999999999"} {
		c.read(county, "/api/v1/open/figures?period=2026&unit="+unit, "192.0.2.1").wantCode(404, record.NotFound)
	}
	for field, query := range map[string]string{"period": "period=soon", "format": "period=2026&format=xml", "indicators": "period=2026&indicators=dances"} {
		if r := c.read(county, "/api/v1/open/figures?"+query, "192.0.2.1").wantCode(400, record.BadRequest); r.text("field") != field {
			t.Errorf("%s: %v", query, r.json)
		}
	}
	if strings.Contains(c.log.String(), "njr_") {
		t.Error("a token stands in the log")
	}
}

func compact(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A token that is wrong, has expired, was revoked or whose unit is gone opens nothing; guessing is bounded, and so is reading.
func TestReadTokensThatOpenNothing(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	chief := c.join("chief", record.Seat{Role: record.Manager, Unit: theCity})
	const path = "/api/v1/open/figures?period=2026&indicators=visits"
	_, good := c.makeReadToken(chief, theCity, "大屏", 365)
	ended, revoked := c.makeReadToken(chief, theCounty, "停用的", 365)
	_, short := c.makeReadToken(chief, theCounty, "一天的", 1)
	_, gone := c.makeReadToken(chief, theCounty, "没有单位的", 365)
	c.sql("UPDATE read_tokens SET unit = '530999000000' WHERE name = '没有单位的'")

	c.do(nil, httptest.NewRequest("GET", path, nil)).wantCode(401, record.BadToken)
	c.read(chief.access, path, "192.0.2.1").wantCode(401, record.BadToken)
	for _, bad := range []string{"njr_", "x", strings.Repeat("x", 5000), good + "x", good[:len(good)-1]} {
		c.read(bad, path, "192.0.2.1").wantCode(401, record.BadToken)
	}
	c.read(gone, path, "192.0.2.1").wantCode(401, record.TokenEnded)
	c.read(revoked, path, "192.0.2.1").want(200)
	c.send("DELETE", chief, "/api/v1/read-tokens/"+ended, map[string]any{}).want(204)
	c.send("DELETE", chief, "/api/v1/read-tokens/"+ended, map[string]any{}).want(204)
	c.read(revoked, path, "192.0.2.1").wantCode(401, record.TokenEnded)
	c.read(short, path, "192.0.2.1").want(200)
	c.clock.add(24 * time.Hour)
	c.read(short, path, "192.0.2.1").wantCode(401, record.TokenEnded)

	// Wrong ones of the right form: twenty from an address, then none, right or wrong; other addresses are not concerned.
	guess := func(i int) string { return fmt.Sprintf("njr_%043d", i) }
	limited := 0
	for i := range 20 {
		c.read(guess(i), path, "192.0.2.9").wantCode(401, record.BadToken)
	}
	for i := range 5 {
		if r := c.read(guess(100+i), path, "192.0.2.9").wantCode(429, record.RateLimited); r.header.Get("Retry-After") == "" {
			t.Error("it is not said how long to wait")
		}
	}
	c.read(good, path, "192.0.2.9").wantCode(429, record.RateLimited)
	c.read(good, path, "192.0.2.10").want(200)
	c.clock.add(time.Minute)
	c.read(good, path, "192.0.2.9").want(200)

	// Reading: a hundred and twenty at once, then one a second; another token goes on.
	c.clock.add(time.Hour)
	for range 130 {
		if c.read(good, "/api/v1/open/units?format=csv", "192.0.2.1").status == 429 {
			limited++
		}
	}
	if limited != 10 {
		t.Errorf("%d of 130 were refused", limited)
	}
	_, other := c.makeReadToken(c.signIn("chief"), theCity, "另一个", 365)
	c.read(other, path, "192.0.2.1").want(200)
}

// Who makes, sees and revokes read tokens, what is refused, and what of it stands in the audit.
func TestReadTokensAreMadeAndRevoked(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	city := c.join("city", record.Seat{Role: record.Manager, Unit: theCity})
	county := c.join("county", record.Seat{Role: record.Manager, Unit: theCounty})
	town := c.join("town", record.Seat{Role: record.Manager, Unit: theTownship})
	ask := func(p *person, unit, name string, days any) *reply {
		return c.post(p, "/api/v1/read-tokens", map[string]any{"unit": unit, "name": name, "days": days})
	}
	for _, bad := range []struct {
		who        *person
		unit, name string
		days       any
		status     int
		code       record.Code
	}{
		{town, theTownship, "镇", 30, 403, record.ForeignUnit}, {county, theTownship, "镇", 30, 403, record.ForeignUnit},
		{county, theCity, "市", 30, 403, record.ForeignUnit}, {county, "530902000000", "别县", 30, 403, record.ForeignUnit},
		{county, theVillage, "村", 30, 403, record.ForeignUnit}, {county, "999999999999", "没有", 30, 400, record.BadRequest},
		{county, theCounty, "  ", 30, 400, record.BadRequest}, {county, theCounty, strings.Repeat("长", 51), 30, 422, record.TooLong},
		{county, theCounty, "县", 0, 400, record.BadRequest}, {county, theCounty, "县", 367, 400, record.BadRequest}, {county, theCounty, "县", "30", 400, record.BadRequest},
	} {
		ask(bad.who, bad.unit, bad.name, bad.days).wantCode(bad.status, bad.code)
	}
	own, token := c.makeReadToken(county, theCounty, "县数据中心", 30)
	above, _ := c.makeReadToken(city, theCity, "省里", 30)
	ask(county, theCounty, "县数据中心", 30).wantCode(409, record.Exists)
	listed := func(p *person) string { return string(c.get(p, "/api/v1/read-tokens").want(200).body) }
	if text := listed(county); !strings.Contains(text, own) || strings.Contains(text, above) || strings.Contains(text, "used_at") {
		t.Errorf("the county's list: %s", text)
	}
	if text := listed(city); !strings.Contains(text, own) || !strings.Contains(text, above) || !strings.Contains(text, "合成 county") {
		t.Errorf("the city's list: %s", text)
	}
	if text := listed(town); strings.Contains(text, own) {
		t.Errorf("the township's list: %s", text)
	}
	c.read(token, "/api/v1/open/units", "192.0.2.1").want(200)
	used := fmt.Sprintf(`"used_at":%d`, c.clock.Now().UnixMilli())
	if text := listed(county); !strings.Contains(text, used) {
		t.Errorf("its use is not told: %s", text)
	}
	c.clock.add(time.Minute)
	c.read(token, "/api/v1/open/units", "192.0.2.1").want(200)
	if text := listed(county); !strings.Contains(text, used) {
		t.Errorf("every use is written down: %s", text)
	}
	c.send("DELETE", county, "/api/v1/read-tokens/"+above, map[string]any{}).wantCode(404, record.NotFound)
	c.send("DELETE", town, "/api/v1/read-tokens/"+own, map[string]any{}).wantCode(404, record.NotFound)
	c.send("DELETE", city, "/api/v1/read-tokens/"+own, map[string]any{}).want(204)
	c.send("DELETE", city, "/api/v1/read-tokens/"+own, map[string]any{}).want(204)
	c.send("DELETE", city, "/api/v1/read-tokens/x", map[string]any{}).wantCode(400, record.BadRequest)
	if text := listed(county); !strings.Contains(text, `"ended_at"`) {
		t.Errorf("it is not told that it was revoked: %s", text)
	}
	c.makeReadToken(county, theCounty, "县数据中心", 30) // the name is free again
	for i := range 19 {
		c.makeReadToken(county, theCounty, fmt.Sprint("第", i), 30)
	}
	ask(county, theCounty, "再一个", 30).wantCode(422, record.TooManyTokens)

	audit := string(c.get(c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty}), "/api/v1/audit").want(200).body)
	if strings.Count(audit, `"what":"token_ended"`) != 1 || strings.Count(audit, `"what":"token_made"`) != 21 || !strings.Contains(audit, own) ||
		strings.Contains(audit, above) || strings.Contains(audit, "njr_") || strings.Contains(audit, "县数据中心") {
		t.Errorf("the audit: %s", audit)
	}
}

// sql changes the database as no route does.
func (c *city) sql(statement string) {
	c.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(c.data, app.DatabaseFile))
	if err == nil {
		_, err = db.ExecContext(c.t.Context(), statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		c.t.Fatal(err)
	}
}
