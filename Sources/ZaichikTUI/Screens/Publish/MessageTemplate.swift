import ZaichikWords

/// Parts of a message that are filled in when it is published: `{{count}}`, `{{time}}`, `{{uuid}}`, `{{random 1 6}}`. Anything
/// else in braces stays as it is.
enum MessageTemplate {
    static let forms = "{{count}} {{time}} {{uuid}} {{random 1 6}}"

    /// What the next message is filled with.
    struct State: Equatable, Sendable {
        private(set) var count: UInt64 = 0
        private var random: SeededRandom

        /// - Parameter seed: Without one the first message's time is it.
        init(seed: UInt64? = nil) { random = SeededRandom(seed: seed ?? 0) }

        /// Begins with a message.
        mutating func begin(_ now: Moment) {
            if count == 0, random.seed == 0 { random = SeededRandom(seed: now) }
            count += 1
        }

        mutating func filled(_ text: String, _ now: Moment) -> String {
            guard text.contains("{{") else { return text }
            var result = ""
            var rest = text[...]
            while let start = rest.firstRange(of: "{{") {
                result += rest[..<start.lowerBound]
                guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                    rest = rest[start.lowerBound...]
                    break
                }
                let name = rest[start.upperBound..<end.lowerBound]
                result += value(of: name, now) ?? String(rest[start.lowerBound..<end.upperBound])
                rest = rest[end.upperBound...]
            }
            return result + rest
        }

        /// - Returns: nil if the name stands for nothing.
        private mutating func value(of name: Substring, _ now: Moment) -> String? {
            let words = name.split(separator: " ")
            switch words.first {
            case "count" where words.count == 1: return "\(count)"
            case "time" where words.count == 1: return TimeText.text(now)
            case "uuid" where words.count == 1: return uuid()
            case "random" where words.count == 3:
                guard let low = Int64(words[1]), let high = Int64(words[2]), low <= high else { return nil }
                return "\(Int64.random(in: low...high, using: &random))"
            default: return nil
            }
        }

        /// RFC 9562, version 4.
        private mutating func uuid() -> String {
            let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
            let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
            let digits = Array(Self.hex(high) + Self.hex(low))
            let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
            return parts.joined(separator: "-")
        }

        private static func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators), so that a run can be repeated.
struct SeededRandom: RandomNumberGenerator, Equatable, Sendable {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) { (self.seed, state) = (seed, seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
