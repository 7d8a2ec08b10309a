package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"niangjia/server/app"
	"niangjia/sync/engine"
)

type verifyCmd struct{}

type verified struct {
	*engine.Verification
	Attachments *app.AttachmentsFound `json:"attachments"`
}

func (verifyCmd) Run(ctx context.Context, g *globals) error {
	v, err := app.Verify(ctx, g.Data, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, d := range v.Differences {
		fmt.Fprintf(&text, "%s at %s: stored %s, right is %s\n", d.What, d.Where, d.Stored, d.Right)
	}
	if v.More > 0 {
		fmt.Fprintf(&text, "and %d more\n", v.More)
	}
	if w := v.Recounting; w != nil {
		fmt.Fprintf(&text, "Entries are being counted anew by another catalogue, %d of %d lines gone through: compared as they are, and the rest counted out in a copy.\n", w.Done, w.All)
	}
	files, err := app.VerifyAttachments(ctx, g.Data)
	if err != nil {
		return err
	}
	also := files.Text()
	if also != "" {
		also = "\n" + also
	}
	// A lost photo is told, and is no difference: what the log says of its entry holds without it.
	if err := g.say(verified{v, files}, "%s%d ledger lines, %d records, %d contributions and %d totals compared: %d differences%s",
		text.String(), v.Lines, v.Records, v.Contributions, v.Totals, len(v.Differences)+v.More, also); err != nil {
		return err
	}
	if !v.Holds() {
		return fmt.Errorf("the data do not follow from the log")
	}
	return nil
}
