/// A heap of any size that grows without a copy of the whole: its elements are in chunks.
///
/// An array of a million delayed messages is copied as one when it grows, which takes tens of milliseconds.
struct StableHeap<Element: Comparable> {
    private var chunks: [[Element]] = []
    private(set) var count = 0

    private static var chunkSize: Int { 1 << 9 }

    /// The smallest element; nil if there is none.
    var min: Element? { chunks.first?.first }

    /// Memory of its elements, in bytes.
    var memory: Int { chunks.count * Self.chunkSize * MemoryLayout<Element>.stride }

    private subscript(index: Int) -> Element {
        get { chunks[index / Self.chunkSize][index % Self.chunkSize] }
        set { chunks[index / Self.chunkSize][index % Self.chunkSize] = newValue }
    }

    mutating func insert(_ element: Element) {
        if count == chunks.count * Self.chunkSize {
            var chunk: [Element] = []
            chunk.reserveCapacity(Self.chunkSize)
            chunks.append(chunk)
        }
        chunks[count / Self.chunkSize].append(element)
        count += 1
        rise(element, from: count - 1)
    }

    /// - Precondition: There is one.
    mutating func removeMin() -> Element {
        let smallest = self[0]
        let last = chunks[chunks.count - 1].removeLast()
        if chunks[chunks.count - 1].isEmpty { chunks.removeLast() }
        count -= 1
        if count > 0 { sink(last) }
        return smallest
    }

    /// Puts an element in its place above the one at an index, which is free.
    private mutating func rise(_ element: Element, from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard element < self[parent] else { break }
            self[index] = self[parent]
            index = parent
        }
        self[index] = element
    }

    /// Puts an element in its place below the root, which is free.
    private mutating func sink(_ element: Element) {
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < count else { break }
            if child + 1 < count, self[child + 1] < self[child] { child += 1 }
            guard self[child] < element else { break }
            self[index] = self[child]
            index = child
        }
        self[index] = element
    }
}
