/// A set of slots: a bit for each. Most queues have few slots, whose bits take no memory of their own.
struct SlotBits {
    private var first: UInt64 = 0
    private var more: [UInt64] = []

    @inline(__always)
    mutating func insert(_ slot: Int) {
        if slot < 64 { first |= 1 << UInt64(slot) } else { insertFurther(slot - 64) }
    }

    @inline(never)
    private mutating func insertFurther(_ place: Int) {
        while more.count <= place / 64 { more.append(0) }
        more[place / 64] |= 1 << UInt64(place % 64)
    }

    mutating func remove(_ slot: Int) {
        if slot < 64 {
            first &= ~(1 << UInt64(slot))
        } else if (slot - 64) / 64 < more.count {
            more[(slot - 64) / 64] &= ~(1 << UInt64(slot % 64))
        }
    }

    /// The first member in a range; nil if there is none.
    @inline(__always)
    func first(in range: Range<Int>) -> Int? {
        var slot = range.lowerBound
        while slot < range.upperBound {
            let word = slot < 64 ? first : (slot - 64) / 64 < more.count ? more[(slot - 64) / 64] : 0
            let rest = word >> UInt64(slot % 64)
            guard rest == 0 else {
                let found = slot + rest.trailingZeroBitCount
                return found < range.upperBound ? found : nil
            }
            slot = (slot / 64 + 1) * 64
        }
        return nil
    }
}
