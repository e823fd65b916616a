/// What a connection of the load generator is for. Indices count from 0 within each kind.
enum LoadRole: Equatable, Sendable, CustomStringConvertible {
    case publisher(Int)
    case subscriber(Int)
    /// A subscriber that commits one message at a time, late.
    case slowSubscriber(Int)
    case idle(Int)

    var description: String {
        switch self {
        case .publisher(let index): "publisher \(index)"
        case .subscriber(let index): "subscriber \(index)"
        case .slowSubscriber(let index): "slow subscriber \(index)"
        case .idle(let index): "idle connection \(index)"
        }
    }

    /// What lists of clients show behind the run's name.
    var suffix: String {
        switch self {
        case .publisher(let index): "pub-\(index)"
        case .subscriber(let index): "sub-\(index)"
        case .slowSubscriber(let index): "slow-\(index)"
        case .idle(let index): "idle-\(index)"
        }
    }
}
