import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    /// Filters that are much work for each name.
    static let filters = [
        NeighbourScene(name: "list-filter-60000") { stage in
            try stage.createTopics(100)
            let offender = try Offender(stage)
            return {
                let filter = LongFilter(text: String(repeating: "Ж", count: 30_000))
                let request = filter.list(request: 1, limit: 1)
                let times = try stage.again { try ask(offender, request) }
                return "\(FigureText.count(times)) lists"
            }
        },
        NeighbourScene(name: "watch-filter-60000") { stage in
            try stage.createTopics(100)
            let offenders = try stage.connect(4)
            return {
                let filter = LongFilter(text: String(repeating: "Ж", count: 30_000))
                for offender in offenders {
                    for request in 1...16 as ClosedRange<UInt32> {
                        try offender.send(filter.watch(request: request, limit: 1))
                    }
                }
                return try watch(offenders)
            }
        },
        NeighbourScene(name: "list-long-names-100000") { stage in
            // Each name has the filter in it all but for its last letter, from every place on.
            try stage.createTopics(stage.count(100_000)) { String(repeating: "a", count: 245) + "\($0)" }
            let offender = try Offender(stage)
            return {
                let query = TopicQuery(limit: 1, filter: String(repeating: "A", count: 120) + "b")
                let times = try stage.again { try offender.ask { .listTopics(request: $1, query: query) } }
                return "\(FigureText.count(times)) lists"
            }
        },
    ]

    private static func ask(_ offender: Offender, _ request: ByteBuffer) throws {
        let before = offender.answered
        try offender.send(request)
        try offender.wait { offender.answered > before }
    }

    /// Reads updates for a while.
    static func watch(_ offenders: [Offender]) throws -> String {
        let end = Monotonic.now + 4_000_000_000
        while Monotonic.now < end {
            for offender in offenders { while try offender.receive() {} }
            Monotonic.sleep(milliseconds: 5)
        }
        let refusal = offenders.compactMap(\.refusal).first.map { ", refused: \($0)" } ?? ""
        return "\(FigureText.count(offenders.reduce(0) { $0 + $1.count(.statistics) })) updates" + refusal
    }
}
