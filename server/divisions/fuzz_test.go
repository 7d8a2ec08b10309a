package divisions

import (
	"bytes"
	"testing"

	"niangjia/sync/record"
)

// What is read is a tree, and anything else is refused.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "code,name,level,parent\n", "code,name,level,parent\n440000000000,广东省,province,\n441900000000,东莞市,city,440000000000\n",
		"\ufeffcode;name", "code,name,level,parent\n\"440000000000", "parent,level,name,code\r\n,province,x,440000000000\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		if _, err := record.NewPlaces(list); err != nil {
			t.Errorf("%q was read, and is no tree: %v", text, err)
		}
	})
}
