package omiesim

import "fmt"

// Edit is a person's change on the screen: it merges members into a record,
// objects member by member and lists as a whole, and stamps it as theirs. It
// checks nothing that a screen would. Kinds are the lists of Data; a record
// without a numeric id (a category) is changed by Seed.
func (s *Sim) Edit(kindName string, id int64, set map[string]any) error {
	change, err := plain(set)
	if err != nil {
		return err
	}
	return s.onRecord(kindName, id, func(t *table, old Record) error {
		r := merged(cloned(old), change)
		t.kind.setID(r, id)
		if complete := completers[kindName]; complete != nil {
			complete(s, r)
		}
		if f, ok := families[kindName]; ok {
			s.putDocument(f, r, byPerson)
			return nil
		}
		s.touch(t.kind, r, byPerson)
		t.put(r)
		return nil
	})
}

// Remove is a person's deletion. Lists do not tell of it (omie-api.md §10.3).
func (s *Sim) Remove(kindName string, id int64) error {
	return s.onRecord(kindName, id, func(t *table, old Record) error {
		if f, ok := families[kindName]; ok {
			s.dropDocument(f, old)
			return nil
		}
		t.drop(t.key(old))
		return nil
	})
}

// Bill is a person's billing of "os" or "pedidos": stage 60, stock out.
func (s *Sim) Bill(kindName string, id int64) error {
	return s.onDocument(kindName, id, func(f family, old Record) { s.bill(f, old, byPerson) })
}

// Cancel is a person's cancellation of "os" or "pedidos"; what left stock comes back.
func (s *Sim) Cancel(kindName string, id int64) error {
	return s.onDocument(kindName, id, func(f family, old Record) { s.cancel(f, old, byPerson) })
}

// SetStage is a person's move of "os" or "pedidos" to another column.
func (s *Sim) SetStage(kindName string, id int64, stage string) error {
	return s.onDocument(kindName, id, func(f family, old Record) {
		r := cloned(old)
		s.setStage(f, r, stage)
		s.putDocument(f, r, byPerson)
	})
}

// MoveStock adds quantity, which may be negative, to what is physically at a
// location; location 0 is the default one.
func (s *Sim) MoveStock(product, place int64, quantity string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	if s.products().byID(product) == nil {
		return fmt.Errorf("no product %d", product)
	}
	if place != 0 && s.db.table("locais").byID(place) == nil {
		return fmt.Errorf("no stock location %d", place)
	}
	d := parseDecimal(quantity)
	if d.IsZero() && quantity != "0" {
		return fmt.Errorf("%q is no quantity", quantity)
	}
	s.move(product, place, d)
	return nil
}

func (s *Sim) onRecord(kindName string, id int64, do func(*table, Record) error) error {
	k := kindNamed(kindName)
	if k == nil || k.id == nil {
		return fmt.Errorf("no kind %q with ids", kindName)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	t := s.db.table(kindName)
	old := t.byID(id)
	if old == nil {
		return fmt.Errorf("no record %d in %s", id, kindName)
	}
	return do(t, old)
}

func (s *Sim) onDocument(kindName string, id int64, do func(family, Record)) error {
	f, ok := families[kindName]
	if !ok {
		return fmt.Errorf("%q is neither os nor pedidos", kindName)
	}
	return s.onRecord(kindName, id, func(_ *table, old Record) error {
		do(f, old)
		return nil
	})
}
