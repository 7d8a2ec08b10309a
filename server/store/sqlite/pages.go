package sqlite

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

// pageSize is SQLite's of a file that nobody has given another, pageNotes more than it notes of a page that it keeps: 272
// bytes in version 3.54 (SQLITE_CONFIG_PCACHE_HDRSZ). Were it more, pages would come from the allocator.
const (
	pageSize  = 4096
	pageNotes = 320
)

// pooled is for how many pages the process keeps room: what the writer, the one that decides ahead and the readers of one
// store may keep. What goes beyond it is asked of the allocator.
const pooled = (writerCache + (readers+1)*readerCache) << 10 / pageSize

// roomForPages gives SQLite one piece of memory for its pages. With what is noted of it a page is a little more than 4 KiB,
// for which the allocator of the translated SQLite takes 8: half of all caches would be empty.
// https://www.sqlite.org/malloc.html#_page_cache_memory
//
// It is for the whole process, before its first connection; where somebody else has opened one, all stays as it is.
var roomForPages = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	args := libc.Xcalloc(tls, 3, types.Size_t(unsafe.Sizeof(uintptr(0))))
	memory := libc.Xmalloc(tls, (pageSize+pageNotes)*pooled)
	if args == 0 || memory == 0 {
		return fmt.Errorf("no memory for %d pages", pooled)
	}
	defer libc.Xfree(tls, args)
	list := libc.VaList(args, memory, int32(pageSize+pageNotes), int32(pooled))
	switch rc := sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_PAGECACHE, list); rc {
	case sqlite3.SQLITE_OK:
		return nil
	case sqlite3.SQLITE_MISUSE:
		libc.Xfree(tls, memory)
		return nil
	default:
		libc.Xfree(tls, memory)
		return fmt.Errorf("SQLite takes no memory for its pages: code %d", rc)
	}
})
