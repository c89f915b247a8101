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

// Read returns the items of a feed's window, and its pages without them.
func Read(t *testing.T, feed record.Feed, w record.Window) (items []record.Item, pages []record.Page) {
	t.Helper()
	err := feed.List(t.Context(), w, func(p record.Page) error {
		items = append(items, p.Items...)
		p.Items = nil
		pages = append(pages, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return items, pages
}
