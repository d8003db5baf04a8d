package desk

import (
	"context"
	"errors"
	"fmt"

	"radioquote/quoting"
	"radioquote/store"
)

// withoutApp sees to somebody who decides and has no chat with us: the app is installed for
// them where that is ours to do, and else the admins are told.
func (t *turn) withoutApp(ctx context.Context, p store.Person) error {
	if t.Directory != nil {
		t.enqueue(installArgs{Person: p.RowID, Correlation: t.arrival.Correlation})
		return nil
	}
	return t.tell(ctx, t.tx, quoting.Admin, withoutAppNotice(p.Name), t.arrival.Correlation)
}

func withoutAppNotice(name string) quoting.Notice {
	return quoting.Notice{Text: fmt.Sprintf("%s decides on quotes and has not opened Radio Quote in Teams. Install the app for them, or ask them to open it: what waits for them reaches them then.", name)}
}

// install puts the app into somebody's Teams, who then has a chat with us. Where that is not
// allowed to us the admins are told.
func (d *Desk) install(ctx context.Context, row int64, correlation string) error {
	var p store.Person
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		p, err = tx.PersonByRow(ctx, row)
		return err
	})
	if err != nil {
		return err
	}
	err = d.Directory.Install(ctx, p.ID)
	if !errors.Is(err, quoting.Refused) {
		return err
	}
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		return d.tell(ctx, tx, quoting.Admin, withoutAppNotice(p.Name), correlation)
	})
}
