package recordtest

import (
	"testing"

	"ponte/internal/record"
)

// FeedOf is the feed of a kind that bears a name.
func FeedOf(t *testing.T, a *record.Access, name string) record.Feed {
	t.Helper()
	for _, f := range a.Feeds {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no feed %q", name)
	return record.Feed{}
}

// Read returns the items of a feed's window, and its pages without them and their size.
func Read(t *testing.T, feed record.Feed, w record.Window) (items []record.Item, pages []record.Page) {
	t.Helper()
	err := feed.List(t.Context(), w, func(p record.Page) error {
		items = append(items, p.Items...)
		p.Items, p.Size = nil, 0
		pages = append(pages, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return items, pages
}

// TakesUp checks that a list that is given up behind any page goes on there, and
// gives the rest.
func TakesUp(t *testing.T, feed record.Feed, w record.Window) {
	t.Helper()
	var pages []record.Page
	err := feed.List(t.Context(), w, func(p record.Page) error { pages = append(pages, p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 2 {
		t.Fatalf("%s has %d page", feed.Name, len(pages))
	}
	for n, p := range pages[:len(pages)-1] {
		w.After = p.Place()
		rest, again := pages[n+1:], 0
		err := feed.List(t.Context(), w, func(p record.Page) error {
			if again >= len(rest) || p.Place() != rest[again].Place() || len(p.Items) != len(rest[again].Items) || p.Last != rest[again].Last {
				t.Errorf("%s behind page %d: got %+v", feed.Name, n+1, p.Place())
			}
			again++
			return nil
		})
		if err != nil || again != len(rest) {
			t.Errorf("%s behind page %d: %d of %d pages (%v)", feed.Name, n+1, again, len(rest), err)
		}
	}
}
