/// The rows of a list, in parts: a list of 100,000 rows neither moves when it grows, nor are all of its rows given back
/// at once.
struct RowParts<Element> {
    /// All but the last one are full; those that are given back are empty.
    private var parts: [[Element]] = []
    private(set) var count = 0

    private static var partSize: Int { 256 }

    mutating func append(_ element: Element) {
        if count.isMultiple(of: Self.partSize) {
            parts.append([])
            parts[parts.count - 1].reserveCapacity(count == 0 ? 1 : Self.partSize)
        }
        parts[parts.count - 1].append(element)
        count += 1
    }

    /// Gives back rows that are not needed any more, as far as they are whole parts.
    mutating func giveBack(before place: Int) {
        let end = Swift.min(place / Self.partSize, parts.count)
        var part = end
        while part > 0, !parts[part - 1].isEmpty {
            part -= 1
            parts[part] = []
        }
    }
}

extension RowParts: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { count }

    /// - Precondition: The row was not given back.
    subscript(place: Int) -> Element { parts[place / Self.partSize][place % Self.partSize] }
}

extension RowParts: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: Element...) { self.init(elements) }

    init(_ elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }
}

extension RowParts: Sendable where Element: Sendable {}
