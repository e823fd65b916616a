/// What is run.
struct KillOptions {
    var messages: UInt64 = 1_000_000
    var workers = 6
    /// How many messages a worker may have in flight.
    var window: UInt32 = 64
    /// The longest time from one kill to the next, in ms; the shortest is a tenth of it.
    var pause: UInt64 = 60
    var seed = UInt64.random(in: 0...UInt64.max)

    struct Wrong: Error, CustomStringConvertible {
        var description: String
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let text = rest.popFirst(), let value = UInt64(text), value > 0 || name == "--seed" else {
                throw Wrong(description: "'\(name)' needs a whole number above 0")
            }
            switch name {
            case "--messages": messages = value
            case "--workers": workers = Int(min(value, 1000))
            case "--window": window = UInt32(min(value, 1 << 20))
            case "--pause": pause = max(value, 10)
            case "--seed": seed = value
            default:
                throw Wrong(
                    description: "unknown option '\(name)'; use --messages, --workers, --window, --pause or --seed")
            }
        }
    }
}

/// Repeats for a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
