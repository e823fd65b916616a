import Testing
import ZaichikProtocol

@Suite("Starts of a subscription")
struct StartPositionTests {
    @Test(
        "a start keeps its number",
        arguments: [
            (StartPosition.new, UInt8(0), UInt64(0)), (.connection, 1, 0), (.earliest, 2, 0), (.sequence(9), 3, 9),
            (.time(.max), 4, .max), (.session, 5, 0), (.last(9), 6, 9), (.lastOfEachKey, 7, 0),
        ])
    func numbers(position: StartPosition, start: UInt8, argument: UInt64) {
        #expect(position.wire == (start, argument))
        #expect(StartPosition(start: start, argument: argument) == position)
    }

    @Test("numbers from 8 on are none")
    func others() {
        for start in UInt8(8)...255 { #expect(StartPosition(start: start, argument: 0) == nil) }
    }

    @Test("an argument of a start that has none is ignored", arguments: [UInt8(0), 1, 2, 5, 7])
    func argumentIgnored(start: UInt8) {
        #expect(StartPosition(start: start, argument: 77) == StartPosition(start: start, argument: 0))
    }
}
