/// Memory for the cursors of one queue, in slots. A cursor stays where it is: of a million, none may be copied to make
/// room for the next, and the memory of all of them may not be given back at once.
///
/// Cursors are used by address. An accessor that yields from one of several arrays keeps its state on the heap: it made
/// a commit of one message take 1,760 instructions in place of 700.
final class CursorMemory {
    private var pages: [UnsafeMutablePointer<Cursor?>] = []
    /// How many cursors each page has.
    private var used: [Int] = []
    /// Slots, from 0 on.
    private(set) var count = 0
    /// The capacity of the first page. It grows up to a whole page, as most clients have one cursor or two.
    private var firstCapacity = 0

    private static let pageSize = 1024
    /// The slots of all cursors that may have a lag, and of some that have had one: once a second all that lag are looked
    /// at, and most clients lag in few of their topics. Here, as a table with one more reference costs more to pass on.
    var lagging = SlotBits()
    /// Stands for all pages without cursors, and is never written to; nil until a page has lost its last one.
    private var emptyPage: UnsafeMutablePointer<Cursor?>?

    private static func newPage() -> UnsafeMutablePointer<Cursor?> {
        let page = UnsafeMutablePointer<Cursor?>.allocate(capacity: pageSize)
        page.initialize(repeating: nil, count: pageSize)
        return page
    }

    deinit {
        for (index, page) in pages.enumerated() where page != emptyPage {
            page.deinitialize(count: min(count - index * Self.pageSize, Self.pageSize))
            page.deallocate()
        }
        emptyPage?.deallocate()
    }

    @inline(__always)
    subscript(slot: Int) -> UnsafeMutablePointer<Cursor?> {
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: count), "a slot that does not exist")
        return pages[slot / Self.pageSize] + slot % Self.pageSize
    }

    /// Adds an empty slot.
    func append() {
        if count < Self.pageSize {
            growFirst()
        } else if count % Self.pageSize == 0 {
            pages.append(.allocate(capacity: Self.pageSize))
            used.append(0)
        }
        let page = count / Self.pageSize
        if pages[page] != emptyPage { (pages[page] + count % Self.pageSize).initialize(to: nil) }
        count += 1
    }

    /// Puts a cursor into an empty slot.
    func put(_ cursor: Cursor, in slot: Int) {
        let page = slot / Self.pageSize
        if pages[page] == emptyPage { pages[page] = Self.newPage() }
        self[slot].pointee = cursor
        used[page] += 1
    }

    /// Empties a slot, and gives back the memory of its page with the last cursor there. The first page stays.
    func empty(_ slot: Int) {
        let page = slot / Self.pageSize
        self[slot].pointee = nil
        used[page] -= 1
        guard used[page] == 0, page > 0 else { return }
        // Nothing is in it, so there is nothing to look through.
        pages[page].deallocate()
        let empty = emptyPage ?? Self.newPage()
        emptyPage = empty
        pages[page] = empty
    }

    private func growFirst() {
        guard count == firstCapacity else { return }
        let capacity = max(firstCapacity * 2, 1)
        let page = UnsafeMutablePointer<Cursor?>.allocate(capacity: capacity)
        if let first = pages.first {
            page.moveInitialize(from: first, count: count)
            first.deallocate()
        } else {
            used = [0]
        }
        pages = [page]
        firstCapacity = capacity
    }
}
