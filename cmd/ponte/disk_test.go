//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// TestAFullDiskLosesNothing: what cannot be kept is not said to be kept, what goes wrong is told in a sentence, and the
// work goes on by itself when there is room again.
func TestAFullDiskLosesNothing(t *testing.T) {
	disk := smallDisk(t)
	b := newBenchOn(t, fullAccount, time.Second, map[string]string{"PONTE_DB": filepath.Join(disk, "ponte.db")})
	b.inRealTime()
	b.seedTasks(3)
	var log lines
	address, stop := b.serveLogging(&log)
	defer stop()
	b.eventually("the first orders", func() bool { return b.orders() == 3 && b.running() == "" })
	hook := b.hookOf(address, "auvo")

	fill(t, disk)
	var more []auvosim.Record
	for i := 3; i < 6; i++ {
		more = append(more, b.task(i))
	}
	b.seed(auvosim.Data{Tasks: more}, omiesim.Data{})
	refused := 0
	for n := range 60 { // what the journal has room for may still be written
		if b.posts(hook, fmt.Sprintf(`{"EntityType":"Tarefas","Action":"Inclusao","EntityId":%d,"Padding":%q}`, 803+n%3, strings.Repeat(fmt.Sprint(n), 4500))) >= http.StatusInternalServerError {
			refused++
		}
	}
	if refused == 0 {
		t.Error("every hook was said to be kept, on a disk that takes nothing")
	}
	if said := log.String(); !strings.Contains(said, "full") {
		t.Errorf("the log does not say that the disk is full: %s", said)
	}

	if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
		t.Fatal(err)
	}
	b.eventually("a hook is kept again", func() bool {
		return b.posts(hook, `{"EntityType":"Tarefas","Action":"Inclusao","EntityId":803}`) == http.StatusOK
	})
	b.eventually("the orders of that time", func() bool {
		b.say(new(bytes.Buffer), "sync", "--account", "acme")
		return b.orders() >= 6
	})
	b.eventually("it rests", func() bool { return b.running() == "" })
	b.oneOrderEach(6)
	b.blameless()
}

// posts returns how a hook is answered.
func (b *bench) posts(url, body string) int {
	b.t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// TestADiskThatCannotBeWrittenIsSaidInOneSentence, and nothing is asked of a vendor meanwhile.
func TestADiskThatCannotBeWrittenIsSaidInOneSentence(t *testing.T) {
	disk := smallDisk(t)
	b := newBenchOn(t, fullAccount, 40*time.Millisecond, map[string]string{"PONTE_DB": filepath.Join(disk, "ponte.db")})
	b.seedTasks(3)
	b.calls()
	remount(t, disk, syscall.MS_RDONLY)
	for _, args := range [][]string{{"sync"}, {"serve", "--addr", "127.0.0.1:0"}, {"keys", "rotate"}} {
		var said bytes.Buffer
		b.say(&said, args...)
		if text := strings.TrimSpace(said.String()); !strings.Contains(text, "read-only") && !strings.Contains(text, "readonly") || strings.Count(text, "\n") > 0 {
			t.Errorf("%s says %q", args[0], text)
		}
	}
	if auvo, omie, _ := b.calls(); auvo+omie > 0 {
		t.Errorf("%d calls were made whose answers could not be kept", auvo+omie)
	}
	remount(t, disk, 0)
	b.sync(0)
	b.oneOrderEach(3)
	b.blameless()
}

// smallDisk is a disk of its own, which only root may mount.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=12m,mode=700"); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
			t.Skip("this root may not mount a small disk: a container keeps it from that")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

func fill(t *testing.T, disk string) {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func remount(t *testing.T, disk string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT|flags, ""); err != nil {
		t.Fatal(err)
	}
}
