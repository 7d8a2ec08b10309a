package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"niangjia/server/auth"
	"niangjia/server/store/sqlite"
	"niangjia/sync/record"
)

// ward is a data folder for the doctor.
type ward struct {
	*testing.T
	data string
	o    DoctorOptions
}

// healthy is a small deployment in which nothing is wrong.
func healthy(t *testing.T) *ward {
	t.Helper()
	w := &ward{t, filepath.Join(t.TempDir(), "data"), DoctorOptions{
		BackupAge: 48 * time.Hour, OffSite: 7 * 24 * time.Hour, Now: time.Now(), Disk: func(string) (int64, int64, error) { return 50 << 30, 100 << 30, nil },
	}}
	a, err := Open(t.Context(), Config{Data: w.data})
	w.must(err)
	w.must(a.Engine.SetDivisions(t.Context(), []record.Division{
		{Code: "530000000000", Name: "省", Level: record.Province},
		{Code: "530900000000", Name: "市", Level: record.City, Parent: "530000000000"},
		{Code: "530923000000", Name: "县", Level: record.County, Parent: "530900000000"},
		{Code: "530923101000", Name: "镇", Level: record.Township, Parent: "530923000000"},
		{Code: "530923101201", Name: "村", Level: record.Village, Parent: "530923101000"},
	}))
	for login, seat := range map[string]record.Seat{
		"a": {Role: record.Reviewer, Unit: "530900000000"}, "b": {Role: record.Reviewer, Unit: "530923000000"},
		"c": {Role: record.Reviewer, Unit: "530923101000"}, "d": {Role: record.Volunteer, Unit: "530923101201"},
	} {
		_, err := a.Auth.Add(t.Context(), auth.NewAccount{Login: login, Name: login, Password: "long enough", Seats: []record.Seat{seat}})
		w.must(err)
	}
	w.must(a.Close())
	_, err = Backup(t.Context(), w.data, filepath.Join(t.TempDir(), "b"), false, false, nil)
	w.must(err)
	w.serving(Serving{Listen: "0.0.0.0:443", TLSHosts: []string{"a.example"}})
	return w
}

func (w *ward) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *ward) note(key string, value any) {
	w.Helper()
	raw, err := json.Marshal(value)
	w.must(err)
	w.must(sqlite.Note(w.Context(), filepath.Join(w.data, DatabaseFile), key, string(raw)))
}

func (w *ward) serving(s Serving) { w.Helper(); w.note(metaServing, Started{s, w.o.Now}) }

func (w *ward) exec(statement string) {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.data, DatabaseFile))
	w.must(err)
	_, err = db.Exec(statement)
	w.must(err)
	w.must(db.Close())
}

// wants compares level and code of every finding.
func (w *ward) wants(want ...string) {
	w.Helper()
	d, err := Doctor(w.Context(), w.data, w.o)
	w.must(err)
	got := []string{}
	for _, f := range d.Findings {
		got = append(got, f.Level+" "+f.Code)
		if len(f.Text) < 20 {
			w.Errorf("%s says only %q", f.Code, f.Text)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.Errorf("found %q, want %q", got, want)
	}
	if safe := !slices.ContainsFunc(want, func(s string) bool { return s[:6] == Unsafe }); d.Safe() != safe {
		w.Errorf("safe is %v", d.Safe())
	}
}

const offSite = "unsafe no_off_site_copy"

func TestDoctor(t *testing.T) {
	one := healthy(t)
	for name, play := range map[string]func(w *ward){
		"nothing wrong":       func(w *ward) { w.wants(offSite) },
		"behind a near proxy": func(w *ward) { w.serving(Serving{Listen: "127.0.0.1:8787", BehindProxy: true}); w.wants(offSite) },
		"a map": func(w *ward) {
			path := filepath.Join(w.TempDir(), "map.geojson")
			put := func(code, end string) {
				w.must(os.WriteFile(path, []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"530923"},"geometry":{"type":"Polygon","coordinates":[[[99,24],[100,24],[100,25],[99,24]]]}},
					{"type":"Feature","properties":{"code":"`+code+`"},"geometry":{"type":"Polygon","coordinates":[[[99,24],[100,24],[100,25],`+end+`]]}}]}`), 0o600))
			}
			w.serving(Serving{Listen: "127.0.0.1:8787", BehindProxy: true, Map: path})
			w.wants(offSite, "notice map_broken")
			put("530923101", "[99,24]")
			w.wants(offSite)
			put("530924101", "[99,24]")
			w.wants(offSite, "notice map_left_out")
			put("530923101", "[99,25]")
			w.wants(offSite, "notice map_broken")
		},
		"open to the network": func(w *ward) { w.serving(Serving{Listen: "0.0.0.0:80"}); w.wants(offSite, "unsafe no_tls") },
		"on all addresses":    func(w *ward) { w.serving(Serving{Listen: ":80"}); w.wants(offSite, "unsafe no_tls") },
		"beside the proxy": func(w *ward) {
			w.serving(Serving{Listen: "0.0.0.0:8787", BehindProxy: true})
			w.wants(offSite, "notice proxy_passed_by")
		},
		"never served": func(w *ward) {
			w.exec("DELETE FROM meta WHERE key = 'serving'")
			w.wants(offSite, "notice never_served")
		},
		"no backup":     func(w *ward) { w.exec("DELETE FROM meta WHERE key = 'backup'"); w.wants("unsafe backup_never") },
		"an old backup": func(w *ward) { w.o.Now = w.o.Now.Add(72 * time.Hour); w.wants(offSite, "unsafe backup_old") },
		"a quick backup": func(w *ward) {
			_, err := Backup(w.Context(), w.data, filepath.Join(w.TempDir(), "b"), false, true, nil)
			w.must(err)
			w.wants(offSite, "notice backup_quick")
		},
		"a copy off site": func(w *ward) {
			file := filepath.Join(w.TempDir(), "b")
			_, err := Backup(w.Context(), w.data, file, false, false, nil)
			w.must(err)
			hash, err := hashFile(file)
			w.must(err)
			_, err = Confirm(w.Context(), w.data, hash, "", w.o.Now)
			w.must(err)
			w.wants()
			w.o.Now, w.o.BackupAge = w.o.Now.Add(8*24*time.Hour), 30*24*time.Hour
			w.wants("unsafe off_site_copy_old")
		},
		"years later": func(w *ward) {
			w.o.Now = w.o.Now.Add(500 * 24 * time.Hour)
			w.wants(offSite, "unsafe backup_old", "notice clock_ahead")
		},
		"a clock behind the log": func(w *ward) { w.o.Now = w.o.Now.Add(-time.Hour); w.wants(offSite, "unsafe clock_behind") },
		"a clock behind the program": func(w *ward) {
			w.o.Built = w.o.Now.Add(48 * time.Hour)
			w.wants(offSite, "unsafe clock_behind")
		},
		"an open folder": func(w *ward) { w.must(os.Chmod(w.data, 0o755)); w.wants(offSite, "unsafe folder_open") },
		"a full disk": func(w *ward) {
			w.o.Disk = func(string) (int64, int64, error) { return 2 << 30, 100 << 30, nil }
			w.wants(offSite, "unsafe disk_full")
		},
		"a large journal": func(w *ward) {
			wal := filepath.Join(w.data, DatabaseFile+"-wal")
			w.must(os.WriteFile(wal, nil, 0o600))
			w.must(os.Truncate(wal, largeWAL+1))
			w.wants(offSite, "notice wal_large")
		},
		"a newer schema": func(w *ward) {
			w.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
			w.wants("unsafe schema_newer")
		},
		"an older schema": func(w *ward) {
			w.exec("DELETE FROM goose_db_version WHERE version_id > 1")
			w.wants("notice schema_older")
		},
		"a closed reviewer": func(w *ward) {
			w.exec("UPDATE accounts SET active = 0 WHERE login IN ('c', 'd')")
			w.wants(offSite, "notice units_without_reviewer", "notice units_without_volunteer")
		},
		"no units": func(w *ward) { w.exec("DELETE FROM divisions"); w.wants(offSite, "notice no_units") },
		"something parked": func(w *ward) {
			w.exec("INSERT INTO parked (epoch, n, seq, entity, waits_for) VALUES ('e', 1, 1, '', 'form:x')")
			w.wants(offSite, "notice parked")
		},
		"an ended certificate": func(w *ward) {
			w.serving(Serving{Listen: "0.0.0.0:443", TLSCert: certificate(w.T, w.o.Now.Add(-time.Hour))})
			w.wants(offSite, "unsafe certificate_ended")
		},
		"a certificate that ends": func(w *ward) {
			w.serving(Serving{Listen: "0.0.0.0:443", TLSCert: certificate(w.T, w.o.Now.Add(24*time.Hour))})
			w.wants(offSite, "notice certificate_ends")
		},
		"a good certificate": func(w *ward) {
			w.serving(Serving{Listen: "0.0.0.0:443", TLSCert: certificate(w.T, w.o.Now.Add(90*24*time.Hour))})
			w.wants(offSite)
		},
		"no certificate": func(w *ward) {
			w.serving(Serving{Listen: "0.0.0.0:443", TLSCert: "nowhere"})
			w.wants(offSite, "notice certificate_unknown")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &ward{t, filepath.Join(t.TempDir(), "data"), one.o}
			w.must(os.CopyFS(w.data, os.DirFS(one.data)))
			w.must(os.Chmod(w.data, 0o700))
			play(w)
		})
	}
}

func TestDoctorKnowsADemoCity(t *testing.T) {
	w := healthy(t)
	w.data = filepath.Join(t.TempDir(), "demo")
	_, err := MakeDemo(t.Context(), Config{Data: w.data}, DemoOptions{Until: time.Now()})
	w.must(err)
	units := []string{"unsafe backup_never", "notice units_without_reviewer", "notice units_without_reviewer", "notice units_without_volunteer"}
	w.serving(Serving{Listen: "127.0.0.1:8787"})
	w.wants(append(units, "notice demo_data", "notice demo_passwords")...)
	w.serving(Serving{Listen: "0.0.0.0:443", TLSHosts: []string{"a.example"}})
	w.wants(append(units, "unsafe demo_data", "unsafe demo_passwords")...)
	w.exec("UPDATE accounts SET active = 0")
	d, err := Doctor(t.Context(), w.data, w.o)
	w.must(err)
	for _, f := range d.Findings {
		if f.Code == "demo_data" || f.Code == "demo_passwords" {
			t.Errorf("closed accounts: %+v", f)
		}
	}
}

func TestDoctorWithoutData(t *testing.T) {
	if _, err := Doctor(t.Context(), t.TempDir(), DoctorOptions{}); err == nil {
		t.Error("an empty folder is no deployment")
	}
}

func certificate(t *testing.T, ends time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
