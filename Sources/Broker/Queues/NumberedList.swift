/// Elements in the order of their numbers, in which a removal takes the same time however many there are.
///
/// A removed element leaves its entry empty; empty entries are removed when they are half of all.
struct NumberedList<Element> {
    private var slots: [(number: UInt32, element: Element?)] = []
    private var removed = 0

    /// The elements and their numbers, in order.
    var entries: some Sequence<(number: UInt32, element: Element)> {
        slots.lazy.compactMap { slot in slot.element.map { (slot.number, $0) } }
    }

    var elements: [Element] { slots.compactMap(\.element) }

    /// Appends an element with a number greater than all others.
    mutating func append(_ element: Element, number: UInt32) {
        slots.append((number, element))
    }

    mutating func remove(_ number: UInt32) {
        let index = slots.partition { $0.number >= number }
        guard index < slots.count, slots[index].number == number, slots[index].element != nil else { return }
        slots[index].element = nil
        removed += 1
        guard removed > 16, removed * 2 > slots.count else { return }
        slots.removeAll { $0.element == nil }
        removed = 0
    }
}
