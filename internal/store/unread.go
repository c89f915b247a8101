package store

import "time"

// LateAfter is how far behind a source may be of an account whose cycles come so
// often: three of them, half an hour at least. (pure)
func LateAfter(every time.Duration) time.Duration { return max(3*every, 30*time.Minute) }

// ReadTo is the instant before which all that changed in a feed was processed; that
// at which the account was made where the feed never was read. (pure)
func (a AccountCensus) ReadTo(feed string) time.Time {
	if at := a.Done[feed]; !at.IsZero() {
		return at
	}
	return a.Created
}

// Unread is how long a feed has not been read to its end though it could have been:
// the age of what was read, but no more than since a run was last complete and, while
// a cycle is at work or due, since somebody last worked for it. awake is since when
// there is somebody at all. A run that ended without its end, when the feed was late
// already, was a try that failed: then nothing is forgiven. (pure)
func (a AccountCensus) Unread(feed string, now, awake time.Time, late time.Duration) time.Duration {
	read := a.ReadTo(feed)
	if a.Failed() && a.Last.Finished.Sub(read) > late {
		return now.Sub(read)
	}
	for _, at := range a.excuses(now, awake) {
		if at.After(read) && !at.After(now) {
			read = at
		}
	}
	return now.Sub(read)
}

// Failed tells whether the newest finished run did not read every flow to its end. (pure)
func (a AccountCensus) Failed() bool { return !a.Last.Finished.IsZero() && !a.Last.Complete }

// excuses are the instants before which nobody could have read.
func (a AccountCensus) excuses(now, awake time.Time) (out []time.Time) {
	if a.Last.Complete {
		out = append(out, a.Last.Finished) // its first flow was read long before its last
	}
	if a.Schedule.Run != "" || !now.Before(a.Schedule.NextCycle) {
		// At work or due: a first load may take hours, and after a stop or a pause
		// (SetPaused has the cycle due from then on) everything is old for a while.
		out = append(out, now.Add(-a.unattended(now)), awake)
	}
	return out
}

// Unserved is how long an account has had a cycle to go on with and nobody who did: 0
// while none is due, a worker has it, a vendor asked it to wait, or it is paused. (pure)
func (a AccountCensus) Unserved(now time.Time) time.Duration {
	if a.Paused || a.Schedule.Account == "" {
		return 0
	}
	return a.unattended(now)
}

func (a AccountCensus) unattended(now time.Time) time.Duration {
	last := a.Schedule.NextCycle
	for _, at := range []time.Time{a.Worked, a.Schedule.NotUntil} {
		if at.After(last) {
			last = at
		}
	}
	return max(now.Sub(last), 0)
}
