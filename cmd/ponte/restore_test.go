package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/store"
)

// seedWhole is seed with a customer whose sales order Omie takes: it has a state.
func (s *stage) seedWhole() {
	s.t.Helper()
	s.seed()
	if err := s.auvo.Edit("customers", "55", map[string]any{"address": "Rua das Flores, 10, Centro, Campinas - SP, 13010-000"}); err != nil {
		s.t.Fatal(err)
	}
}

// restore puts a file in the place of the stage's database. It takes longer than
// Omie's window: what was asked since the backup is forgotten.
func (s *stage) restore(backup string) {
	s.t.Helper()
	time.Sleep(s.omie.RedundancyWindow)
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Remove(s.path + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.t.Fatal(err)
		}
	}
	text, err := os.ReadFile(backup)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// cycles runs the account n times in a process of its own.
func (s *stage) cycles(n int) {
	s.t.Helper()
	db := s.open()
	for range n {
		s.cycle(db, s)
	}
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// backupAt runs a cycle and takes a backup at its nth step, while it is at work;
// it returns where, "" when there were fewer steps.
func (s *stage) backupAt(n int, file string) (point string) {
	s.t.Helper()
	db, steps := s.open(), 0
	step := func(at string) {
		if strings.HasSuffix(at, "SetToken") {
			return
		}
		if steps++; steps == n {
			if _, err := db.Backup(context.Background(), file, false); err != nil {
				s.t.Fatal(err)
			}
			point = at
		}
	}
	db.Seam(step)
	s.cycle(db, dying{s, step})
	db.Seam(nil)
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
	return point
}

// TestABackupOfAnyMomentIsRestoredWithoutADoubleLarge takes backups before and after
// vendor calls and store commits of a run that goes on, between a create and its
// link among them. Started on later, each finds what was made since (P1, P2).
func TestABackupOfAnyMomentIsRestoredWithoutADoubleLarge(t *testing.T) {
	withoutRaceDetector(t)
	const stride = 4
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	for n := 1; ; n += stride {
		s := newStage(t, 20*time.Millisecond, now)
		s.seedWhole()
		file := filepath.Join(t.TempDir(), "backup.db")
		point := s.backupAt(n, file)
		if point == "" {
			t.Logf("%d backups", n/stride)
			if n < 100 {
				t.Errorf("the run had only %d steps", n)
			}
			return
		}
		s.restore(file)
		s.omie.ResetCalls()
		s.cycles(2)
		s.settled(fmt.Sprintf("backup %d, %s", n, point))
		for _, c := range s.omie.Calls() {
			if strings.HasPrefix(c.Call, "Incluir") {
				t.Errorf("backup %d, %s: %s was sent again", n, point, c.Call)
			}
		}
	}
}

// TestADeathWhileRecoveringLosesNothingLarge: the account is put back to before its
// first run and dies at a step of the recovery; the next process finds what was made.
func TestADeathWhileRecoveringLosesNothingLarge(t *testing.T) {
	withoutRaceDetector(t)
	const stride = 3
	start, real := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return start.Add(time.Since(real)) }
	s := newStage(t, 20*time.Millisecond, now)
	s.seedWhole()
	file := filepath.Join(t.TempDir(), "backup.db")
	if s.backupAt(30, file) == "" {
		t.Fatal("the run had no such step")
	}
	s.cycles(1)
	for n := 1; ; n += stride {
		s.restore(file)
		s.omie.ResetCalls()
		point := s.dieAt(n)
		s.cycles(1)
		s.settled(fmt.Sprintf("death %d, %s", n, point))
		for _, c := range s.omie.Calls() {
			if strings.HasPrefix(c.Call, "Incluir") || strings.HasPrefix(c.Call, "Alterar") {
				t.Errorf("death %d, %s: %s was sent", n, point, c.Call)
			}
		}
		db := s.open()
		back, err := db.Recovery(t.Context(), "acme")
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if back.Since.IsZero() || back.On() || back.Why != store.FromBackup {
			t.Errorf("death %d, %s: recovery %+v", n, point, back)
		}
		if point == "" {
			t.Logf("%d deaths", n/stride)
			return
		}
	}
}
