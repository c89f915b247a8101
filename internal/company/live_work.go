package company

import (
	"fmt"
	"slices"
	"time"

	"ponte/internal/auvo/auvosim"
)

// technicianMoves takes an open task one step further.
func (c *Company) technicianMoves(time.Time) (string, error) {
	if len(c.tasks) == 0 {
		return "", nil
	}
	t := pick(c, c.tasks)
	switch {
	case t.status == opened:
		return c.step(t, inDisplacement, "saiu para")
	case t.status == inDisplacement:
		return c.step(t, checkedIn, "chegou para")
	case t.status == paused:
		return c.step(t, checkedIn, "retomou")
	case t.status == checkedIn && c.chance(15):
		return c.step(t, paused, "pausou")
	}
	return c.finish(t)
}

func (c *Company) step(t *task, status int, verb string) (string, error) {
	t.status = status
	return fmt.Sprintf("%s %s a tarefa %d (%s)", t.worker.first(), verb, t.id, t.customer.trade),
		c.Auvo.MoveTask(itoa(t.id), status)
}

// finish ends a task with what was used, sometimes with a discount on the whole.
func (c *Company) finish(t *task) (string, error) {
	it := c.items(1+c.rand.IntN(2), c.rand.IntN(3))
	id := itoa(t.id)
	text := fmt.Sprintf("%s finalizou a tarefa %d (%s)", t.worker.first(), t.id, itemsText(it))
	if c.chance(15) {
		text += " com desconto de R$ 20,00"
		off := map[string]any{"summary": map[string]any{"discount": map[string]any{"value": 20, "type": "Valor"}}}
		if err := c.Auvo.Edit("tasks", id, off); err != nil {
			return text, err
		}
	}
	t.status = finished
	c.tasks = slices.DeleteFunc(c.tasks, func(o *task) bool { return o == t })
	c.finished = append(c.finished, t)
	return text, c.Auvo.FinishTask(id, it)
}

func itemsText(it auvosim.Items) string {
	text := count(len(it.Services), "serviço", "serviços")
	if len(it.Products) > 0 {
		text += ", " + count(len(it.Products), "produto", "produtos")
	}
	return text
}

// taskOpened: the office plans work, as long as the technicians keep up.
func (c *Company) taskOpened(now time.Time) (string, error) {
	if len(c.tasks) >= 12*c.scale {
		return "", nil
	}
	t, r := c.newTask(now)
	c.keep(t)
	return fmt.Sprintf("%s abriu a tarefa %d para %s (%s)", c.people[0].first(), t.id, t.customer.trade, t.worker.first()),
		c.Auvo.Seed(auvosim.Data{Tasks: []auvosim.Record{r}})
}

// taskAmended: a technician remembers a service after finishing; the order follows while it is open.
func (c *Company) taskAmended(time.Time) (string, error) {
	if len(c.finished) == 0 {
		return "", nil
	}
	t := c.finished[len(c.finished)-1-c.rand.IntN(min(3, len(c.finished)))]
	it := c.items(1, 0)
	return fmt.Sprintf("%s acrescentou um serviço à tarefa %d, já finalizada", t.worker.first(), t.id),
		c.Auvo.FinishTask(itoa(t.id), it)
}

// quotationMade: the office offers something new.
func (c *Company) quotationMade(now time.Time) (string, error) {
	if len(c.quotations) >= 6*c.scale {
		return "", nil
	}
	r := c.newQuotation(negotiating, now)
	made := c.quotations[len(c.quotations)-1]
	return fmt.Sprintf("%s fez o orçamento %d para %s", c.people[0].first(), made.id, made.customer.trade),
		c.Auvo.Seed(auvosim.Data{Quotations: []auvosim.Record{r}})
}

// quotationApproved: a customer agrees.
func (c *Company) quotationApproved(time.Time) (string, error) {
	if len(c.quotations) == 0 {
		return "", nil
	}
	q := c.quotations[0]
	c.quotations = c.quotations[1:]
	return fmt.Sprintf("%s aprovou o orçamento %d", q.customer.trade, q.id), c.Auvo.SetStage(itoa(q.id), approved)
}
