package auvosim

import "fmt"

// Edit is a person who changes a record on a screen: members in the words of
// GET, read-only ones included. It moves the stamp of the last change. Leave an
// item's totalValue and the summary out to have them added up.
func (s *Sim) Edit(kind, id string, set map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, r, err := s.known(kind, id)
	if err != nil {
		return err
	}
	next, err := s.readSeed(k, set)
	if err != nil {
		return fmt.Errorf("cannot edit %s %s: %w", k.data, id, err)
	}
	if to, given := next[k.id]; given && scalar(to) != r.Text(k.id) {
		return fmt.Errorf("cannot edit %s %s: its %s never changes", k.data, id, k.id)
	}
	if k.data == "customers" {
		adoptCustomer(s, next, nil, "")
	}
	s.apply(k, r, next)
	return nil
}

// Remove is a person who deletes a record. A deleted task is found in
// GetDeletedTasks from then on.
func (s *Sim) Remove(kind, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, r, err := s.known(kind, id)
	if err != nil {
		return err
	}
	s.drop(k, r)
	return nil
}

// Items are what a technician adds to a task.
type Items struct {
	Services        []Record `json:"services,omitempty"`
	Products        []Record `json:"products,omitempty"`
	AdditionalCosts []Record `json:"additionalCosts,omitempty"`
}

// FinishTask is a technician who checks out and finishes, with items added to
// those that the task has.
func (s *Sim) FinishTask(id string, items ...Items) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, r, err := s.known("tasks", id)
	if err != nil {
		return err
	}
	given := Record{}
	for _, i := range items {
		for name, rows := range map[string][]Record{"services": i.Services, "products": i.Products, "additionalCosts": i.AdditionalCosts} {
			given[name] = append(asList(given[name]), listOf(rows)...)
		}
	}
	set, err := s.readSeed(k, given)
	if err != nil {
		return fmt.Errorf("cannot finish task %s: %w", id, err)
	}
	for _, name := range []string{"services", "products", "additionalCosts"} {
		if added := asList(set[name]); len(added) > 0 {
			set[name] = append(asList(clonedValue(r[name])), added...)
		} else {
			delete(set, name)
		}
	}
	s.move(k, r, set, finished)
	return nil
}

// MoveTask is a technician who starts travel, checks in, pauses, checks out or
// finishes: status 1 to 6 (auvo-api.md §8.2), in any order.
func (s *Sim) MoveTask(id string, status int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, r, err := s.known("tasks", id)
	if err != nil {
		return err
	}
	if status < opened || status > paused {
		return fmt.Errorf("cannot move task %s: no status %d", id, status)
	}
	s.move(k, r, Record{}, status)
	return nil
}

// move stamps the steps that a status implies with the present.
func (s *Sim) move(k *kind, r, set Record, status int) {
	now := stamp(s.now(), secondLayout)
	set["taskStatus"] = whole(int64(status))
	if status == inDisplacement && r.Text("displacementStart") == "" {
		set["displacementStart"] = now
	}
	if status >= checkedIn && r.Text("checkInDate") == "" {
		set["checkInDate"] = now
	}
	if (status == checkedOut || status == finished) && r.Text("checkOutDate") == "" {
		set["checkOutDate"] = now
	}
	s.apply(k, r, set)
}

// SetStage is a person who moves a quotation to a stage, named by id or exact
// description; an unknown name makes a stage (auvo-api.md §9.2).
func (s *Sim) SetStage(quotation, stage string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, r, err := s.known("quotations", quotation)
	if err != nil {
		return err
	}
	s.apply(k, r, Record{"currentStage": s.stageNamed(stage)})
	return nil
}

// known finds a record for a person.
func (s *Sim) known(word, id string) (*kind, Record, error) {
	s.ready()
	named := kindNamed(word)
	if named == nil {
		return nil, nil, fmt.Errorf("no kind %q", word)
	}
	t := s.state.tables[named.data]
	r := t.get(id)
	if r == nil {
		return nil, nil, fmt.Errorf("no %s %s", named.data, id)
	}
	return t.kind, r, nil
}
