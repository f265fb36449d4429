//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
	"dangol/internal/testdb"
)

// volume is the folder of an office's config and state on a small disk of its own.
type volume struct {
	office
	t      *testing.T
	folder string
}

// newVolume moves an office to a disk of 8 MB.
func newVolume(t *testing.T, o office) volume {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small tmpfs needs root")
	}
	text, err := os.ReadFile(o.config)
	if err != nil {
		t.Fatal(err)
	}
	v := volume{o, t, filepath.Dir(o.config)}
	if err := syscall.Mount("tmpfs", v.folder, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("no tmpfs can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(v.folder, syscall.MNT_DETACH) })
	v.write(t, string(text))
	return v
}

func (v volume) ballast() string { return filepath.Join(v.folder, "ballast") }

// fill leaves so many bytes free.
func (v volume) fill(left int64) {
	v.t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(v.folder, &disk); err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(v.ballast(), make([]byte, int64(disk.Bavail)*disk.Bsize-left), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// clear gives the space back.
func (v volume) clear() {
	v.t.Helper()
	if err := os.Remove(v.ballast()); err != nil {
		v.t.Fatal(err)
	}
}

// remount makes the disk read-only or writable again.
func (v volume) remount(flags uintptr) {
	v.t.Helper()
	if err := syscall.Mount("tmpfs", v.folder, "tmpfs", syscall.MS_REMOUNT|flags, "size=8m"); err != nil {
		v.t.Fatal(err)
	}
}

func (v volume) job(night sales.Date) outcome {
	v.t.Helper()
	return launchFrail(v.t, nil, "job", "lost-customers", "--config", v.config, "--as-of", night.String()).wait(v.t)
}

// TestDiskFullOnANightWithNews: with less and less space, and on a disk that has
// become read-only, the job fails before it writes the night, or behind it while it
// sends. With space again the same night is told, in the words of an undisturbed one.
func TestDiskFullOnANightWithNews(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	nights := crashNights(shop)
	last := nights[len(nights)-1]
	want := saidCalmly(t, db, shop)
	failed := map[string]int{} // by where
	spoilt := func(v volume, name string, spoil, mend func()) {
		for _, night := range nights[:len(nights)-1] {
			if out := v.job(night); out.code != 0 {
				t.Fatalf("exit %d: %s", out.code, out.stderr)
			}
		}
		before := v.said()
		spoil()
		out := v.job(last)
		if out.code == 1 && (!strings.Contains(out.stderr, "state.db") || !strings.Contains(out.stderr, "dangol: hint: ")) || out.code > 1 {
			t.Errorf("%s: exit %d: %s", name, out.code, out.stderr)
		}
		mend()
		written := strings.Contains(strings.Join(v.rows(t), "\n"), " pending")
		switch {
		case out.code == 0:
			failed["nowhere"]++
		case written:
			failed["while sending"]++
		case cmp.Equal(before, v.said()):
			failed["before the night was written"]++
		default:
			t.Errorf("%s: what is said is not written", name)
		}
		if out := v.job(last); out.code != 0 {
			t.Errorf("%s, mended: exit %d: %s", name, out.code, out.stderr)
		}
		if diff := cmp.Diff(want, v.said()); diff != "" {
			t.Errorf("%s: other messages stand (-undisturbed +mended):\n%s", name, diff)
		}
		wantOnce(t, v.office)
	}
	for _, left := range []int64{0, 40, 100, 140, 200, 260, 340, 460} {
		v := newVolume(t, newOffice(t, db.DSN, shop.emails...))
		spoilt(v, fmt.Sprint(left, " KB left"), func() { v.fill(left << 10) }, v.clear)
	}
	v := newVolume(t, newOffice(t, db.DSN, shop.emails...))
	spoilt(v, "read-only", func() { v.remount(syscall.MS_RDONLY) }, func() { v.remount(0) })
	if failed["while sending"] < 1 || failed["before the night was written"] < 3 {
		t.Errorf("the disk was full too seldom where it matters: %v", failed)
	}
	t.Logf("failed: %v", failed)
}

// TestDaemonOnAFullDisk: a disk that is full at the hour makes the daemon unready, and
// it says nothing it cannot write. With space again it does the run, and says what an
// undisturbed one says.
func TestDaemonOnAFullDisk(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	shop := plantShop(db, 9)
	v := newVolume(t, newOffice(t, db.DSN, shop.emails...))
	d := newOrdeal(t, v.office, db.DSN, 4)
	w := watch{office: d.office, listen: freeAddress(t)}
	d.edit(t, "currency: KRW", fmt.Sprintf("currency: KRW\nhttp: {listen: %q}\ncalendar: {quiet_hours: \"\"}", w.listen))
	days := workdays(sales.Calendar{Weekend: [7]bool{time.Saturday: true, time.Sunday: true}}, shop.asOf-24, 2)
	d.at(dueOn(days[0], d.zone).Add(-time.Hour))
	d.start()
	d.until("a state", func() bool { _, left := d.standing(); return left >= 0 })
	d.day(days[0], "calm")
	before := d.said()
	v.fill(0)
	d.at(dueOn(days[1], d.zone))
	d.until("/readyz names the disk", func() bool {
		ready, checks, err := w.ready()
		return err == nil && !ready && strings.Contains(checks["state"], "full")
	})
	d.forward(time.Hour)
	if diff := cmp.Diff(before, d.said()); diff != "" {
		t.Errorf("something is said that is not written (-before +after):\n%s", diff)
	}
	v.clear()
	d.until("the run", func() bool { last, left := d.standing(); return !last.Before(dueOn(days[1], d.zone)) && left == 0 })
	d.until("ready", func() bool { ready, _, err := w.ready(); return err == nil && ready })
	wantOnce(t, d.office)
	d.wantDaily(saidDaily(t, newOffice(t, db.DSN, shop.emails...), days))
	d.end(days[1] - 1)
}
