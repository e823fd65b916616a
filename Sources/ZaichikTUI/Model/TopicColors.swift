/// The colours of topics: assigned in the order in which topics appear, so that the first ones differ.
struct TopicColors: Equatable {
    private static let maximumRemembered = 1000
    private var numbers: [String: Int] = [:]

    mutating func assign(_ topic: String) {
        if numbers[topic] == nil, numbers.count < Self.maximumRemembered { numbers[topic] = numbers.count }
    }

    subscript(topic: String) -> Int {
        numbers[topic] ?? topic.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    }
}
