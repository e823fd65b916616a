/// Slots to be used again, the last one first. There may be a million: they are kept in parts, as an array that grows moves
/// all that it has.
struct FreeSlots {
    private var parts: [[UInt32]] = []

    private static let partSize = 4096

    var last: Int? { parts.last?.last.map(Int.init) }

    mutating func append(_ slot: Int) {
        if parts.last.map({ $0.count == Self.partSize }) ?? true { parts.append([]) }
        parts[parts.count - 1].append(UInt32(slot))
    }

    @discardableResult
    mutating func popLast() -> Int? {
        guard let slot = parts.last?.last else { return nil }
        parts[parts.count - 1].removeLast()
        if parts[parts.count - 1].isEmpty { parts.removeLast() }
        return Int(slot)
    }
}
