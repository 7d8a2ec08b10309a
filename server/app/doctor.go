package app

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"niangjia/server/auth"
	"niangjia/server/demo"
	"niangjia/server/geomap"
	"niangjia/server/store/sqlite"
)

// Levels of a finding.
const (
	Unsafe = "unsafe" // data can be lost or read by others
	Notice = "notice" // somebody should know
)

// Finding is one thing that the doctor sees. Codes are for machines and stay the same.
type Finding struct {
	Level string `json:"level"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

// Diagnosis is all of them.
type Diagnosis struct {
	Findings []Finding `json:"findings"`
}

// Safe reports whether nothing is unsafe.
func (d *Diagnosis) Safe() bool {
	for _, f := range d.Findings {
		if f.Level == Unsafe {
			return false
		}
	}
	return true
}

func (d *Diagnosis) find(level, code, text string, args ...any) {
	d.Findings = append(d.Findings, Finding{level, code, fmt.Sprintf(text, args...)})
}

// DoctorOptions are what a diagnosis is made by.
type DoctorOptions struct {
	BackupAge time.Duration // an older backup is none
	OffSite   time.Duration // nor is an older copy off site
	Now       time.Time
	Built     time.Time                                      // of this program; zero where that is not known
	Disk      func(path string) (free, all int64, err error) // nil for the machine's
}

// Bounds of the doctor's judgement.
const (
	littleDisk  = 1 << 30
	littleShare = 20                   // one part in so many is little
	largeWAL    = 256 << 20            // a journal is some 20 MiB; it grows while somebody holds an old snapshot
	clockSlack  = 5 * time.Minute      // two machines may differ by so much
	longSilence = 400 * 24 * time.Hour // no line for so long: the clock, or nobody works
	certWarning = 14 * 24 * time.Hour  // before a certificate ends
)

// Doctor says what is unsafe or wrong with a deployment. It changes nothing and runs beside the server, which it judges by
// how it was started last.
func Doctor(ctx context.Context, data string, o DoctorOptions) (*Diagnosis, error) {
	if o.Disk == nil {
		o.Disk = disk
	}
	path := filepath.Join(data, DatabaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("no data to look at: %w", err)
	}
	lock, err := share(data)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }() // nothing was written under it
	d := &Diagnosis{Findings: []Finding{}}
	if err := d.folder(data, path, o); err != nil {
		return nil, err
	}
	i, err := sqlite.Inspect(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read the database: %w", err)
	}
	switch {
	case i.Schema > i.Newest:
		d.find(Unsafe, "schema_newer", "The data have schema %d and this program knows %d only: use the program that wrote them, or a newer one.", i.Schema, i.Newest)
		return d, nil
	case i.Schema < i.Newest:
		d.find(Notice, "schema_older", "The data have schema %d; the next start of this program brings them to %d. Make a backup with the old program first. The rest was not looked at.", i.Schema, i.Newest)
		return d, nil
	}
	var started Started
	if raw := i.Meta[metaServing]; raw != "" {
		if err := json.Unmarshal([]byte(raw), &started); err != nil {
			return nil, err
		}
	}
	d.face(started, o.Now)
	if err := d.accounts(ctx, i, started); err != nil {
		return nil, err
	}
	if err := d.backup(i, o); err != nil {
		return nil, err
	}
	if found, err := lookAtAttachments(ctx, data, true); err != nil {
		return nil, err
	} else if !found.Whole() {
		d.find(Notice, "attachments_missing", "Of %d attachments %d files are missing and %d are not what they were (the first: %v): their entries are whole, and phones that still have them send them again. Restore the folder %s from a backup's %s.",
			found.Files, found.Missing, found.Altered, found.Which, AttachmentFolder, BackupAttachments)
	}
	if err := d.definitions(i); err != nil {
		return nil, err
	}
	d.clock(i, o)
	d.units(i)
	d.outlines(i, started)
	if i.Parked > 0 {
		d.find(Notice, "parked", "%d changes from phones wait for a cause (a form, a seat, a household); they are kept and applied by themselves when it comes.", i.Parked)
	}
	return d, nil
}

// folder looks at what the machine says of the data folder.
func (d *Diagnosis) folder(data, path string, o DoctorOptions) error {
	info, err := os.Stat(data)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		d.find(Unsafe, "folder_open", "Other users of this machine may enter the data folder (mode %#o): chmod 700 %s", mode, data)
	}
	size, wal, err := sqlite.Sizes(path)
	if err != nil {
		return err
	}
	if wal > largeWAL {
		d.find(Notice, "wal_large", "The database's journal has %d MiB. Something holds an old snapshot, for instance a backup that never ends: see what else has the file open, then restart the server.", wal>>20)
	}
	free, all, err := o.Disk(data)
	switch {
	case err != nil:
		d.find(Notice, "disk_unknown", "The free space of the disk could not be read: %v.", err)
	case free < littleDisk || free < all/littleShare:
		d.find(Unsafe, "disk_full", "The disk is nearly full: %d MiB free. When it is full nothing can be saved, and phones keep what they have.", free>>20)
	case free < 3*size:
		d.find(Notice, "disk_low", "The disk has %d MiB free and the database has %d MiB: a backup on this disk needs twice its size for a while.", free>>20, size>>20)
	}
	return nil
}

// face judges how the server is reached.
func (d *Diagnosis) face(s Started, now time.Time) {
	switch {
	case s.At.IsZero():
		d.find(Notice, "never_served", "No server has been started on these data yet, so nothing can be said about how it is reached.")
	case s.BehindProxy && !IsLoopback(s.Listen):
		d.find(Notice, "proxy_passed_by", "The server listens on %s behind a proxy: whoever reaches that port directly speaks in the clear. Listen on 127.0.0.1, or let a firewall admit the proxy alone.", s.Listen)
	case !s.BehindProxy && !s.TLS() && !IsLoopback(s.Listen):
		d.find(Unsafe, "no_tls", "The server listens on %s without TLS and not behind a proxy: passwords and entries cross the network in the clear, and phones cannot install the app. Give --tls-cert with --tls-key, or --tls-host, or --behind-proxy.", s.Listen)
	}
	if s.TLSCert == "" {
		return
	}
	ends, err := certificateEnds(s.TLSCert)
	switch {
	case err != nil:
		d.find(Notice, "certificate_unknown", "The certificate %s could not be read: %v.", s.TLSCert, err)
	case now.After(ends):
		d.find(Unsafe, "certificate_ended", "The certificate %s ended on %s: phones can no longer connect.", s.TLSCert, ends.Format(time.DateOnly))
	case ends.Sub(now) < certWarning:
		d.find(Notice, "certificate_ends", "The certificate %s ends on %s. A new one under the same name is taken without a restart.", s.TLSCert, ends.Format(time.DateOnly))
	}
}

func certificateEnds(path string) (time.Time, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return time.Time{}, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return time.Time{}, fmt.Errorf("it is no PEM file")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, err
	}
	return c.NotAfter, nil
}

// accounts looks for what everybody knows: the demo accounts and the demo password. All passwords of a large city would
// take minutes to try; those of a demo city are copies of one another, which no two people's are.
func (d *Diagnosis) accounts(ctx context.Context, i sqlite.Inspection, s Started) error {
	made := map[string]bool{}
	for _, p := range demo.People() {
		made[p.ID] = true
	}
	demos, known := 0, 0
	same := map[string]int{}
	for _, a := range i.Accounts {
		if made[a.ID] {
			demos++
		}
		same[a.Password]++
	}
	tried := map[string]bool{}
	for _, a := range i.Accounts {
		if !made[a.ID] && same[a.Password] == 1 {
			continue
		}
		right, done := tried[a.Password]
		if !done {
			var err error
			if right, err = auth.Matches(ctx, a.Password, demo.Password); err != nil {
				return err
			}
			tried[a.Password] = right
		}
		if right {
			known++
		}
	}
	level := Notice
	if !s.At.IsZero() && (!IsLoopback(s.Listen) || s.BehindProxy) {
		level = Unsafe // others than this machine's users come in
	}
	if demos > 0 {
		d.find(level, "demo_data", "These are a demo city's data, with %d open demo accounts. For real work begin with an empty folder.", demos)
	}
	if known > 0 {
		d.find(level, "demo_passwords", "%d open accounts have the demo password, which everybody knows: close them (niangjia accounts close) or reset them (niangjia accounts reset).", known)
	}
	return nil
}

func (d *Diagnosis) backup(i sqlite.Inspection, o DoctorOptions) error {
	raw := i.Meta[metaBackup]
	if raw == "" {
		d.find(Unsafe, "backup_never", "No backup of these data has ever been made: niangjia backup FILE, every day, and take the file to another machine.")
		return nil
	}
	var made BackupMade
	if err := json.Unmarshal([]byte(raw), &made); err != nil {
		return err
	}
	if age := o.Now.Sub(made.At); age > o.BackupAge {
		d.find(Unsafe, "backup_old", "The last good backup is %d days old (%s): make one every day, and take it to another machine.", int(age.Hours()/24), made.At.Format(time.DateOnly))
	}
	if !made.Replayed {
		d.find(Notice, "backup_quick", "The last backup was a quick one, whose log was not replayed: make a whole one every week.")
	}
	switch {
	case i.OffSite == nil:
		d.find(Unsafe, "no_off_site_copy", "No backup has been seen on another machine: a fire takes the data and the backup, and phones keep all that they have sent. Carry one away and give back its hash: ssh other sha256sum FILE | niangjia backup confirm -")
	case o.Now.Sub(time.UnixMilli(i.OffSite.At)) > o.OffSite:
		d.find(Unsafe, "off_site_copy_old", "The newest backup that was seen on another machine is %d days old (%s, up to line %d): phones keep all that they have sent since. See whether backups still arrive there, and confirm one.",
			int(o.Now.Sub(time.UnixMilli(i.OffSite.At)).Hours()/24), time.UnixMilli(i.OffSite.At).UTC().Format(time.DateOnly), i.OffSite.Place)
	}
	return nil
}

func (d *Diagnosis) clock(i sqlite.Inspection, o DoctorOptions) {
	last := time.UnixMilli(i.Received)
	switch {
	case i.Received > 0 && o.Now.Before(last.Add(-clockSlack)):
		d.find(Unsafe, "clock_behind", "This machine's clock says %s, but the log has a line of %s: set the clock.", o.Now.UTC().Format(time.DateTime), last.UTC().Format(time.DateTime))
	case !o.Built.IsZero() && o.Now.Before(o.Built.Add(-24*time.Hour)):
		d.find(Unsafe, "clock_behind", "This machine's clock says %s, but this program was built on %s: set the clock.", o.Now.UTC().Format(time.DateOnly), o.Built.UTC().Format(time.DateOnly))
	case i.Received > 0 && o.Now.Sub(last) > longSilence:
		d.find(Notice, "clock_ahead", "The last line of the log is of %s: if people work with these data, this machine's clock (%s) is wrong.", last.UTC().Format(time.DateOnly), o.Now.UTC().Format(time.DateOnly))
	}
}

// units tells where work would stand still.
func (d *Diagnosis) units(i sqlite.Inspection) {
	if i.Units == 0 {
		d.find(Notice, "no_units", "There are no units yet: niangjia divisions import FILE.")
		return
	}
	type kind struct{ level, role string }
	count, first := map[kind]int{}, map[kind]sqlite.Unserved{}
	for _, u := range i.Unserved {
		k := kind{u.Level, u.Role}
		if count[k]++; count[k] == 1 {
			first[k] = u
		}
	}
	for _, k := range []kind{{"city", "reviewer"}, {"county", "reviewer"}, {"township", "reviewer"}, {"village", "volunteer"}} {
		if n := count[k]; n > 0 {
			what := "nobody there approves entries of the units below; after seven days the level above may"
			if k.role == "volunteer" {
				what = "nobody there records"
			}
			d.find(Notice, "units_without_"+k.role, "%d of the units of level %s have no %s with an open account (the first: %s %s): %s.",
				n, k.level, k.role, first[k].Code, first[k].Name, what)
		}
	}
}

// outlines looks at the map that the server was started with last: it is read when it starts again.
func (d *Diagnosis) outlines(i sqlite.Inspection, s Started) {
	if s.Map == "" {
		return
	}
	_, left, err := geomap.Load(s.Map, func(code string) bool { return slices.Contains(i.Codes, code) })
	switch {
	case err != nil:
		d.find(Notice, "map_broken", "The map of the dashboard cannot be used, and the server does not start with it: %v. Mend the file, or start without --map.", err)
	case len(left) > 0:
		d.find(Notice, "map_left_out", "%d features of the map %s are left out (the first: %v).", len(left), s.Map, left[0])
	}
}

// Built is when this program's source was committed, zero where the build does not tell.
func Built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
