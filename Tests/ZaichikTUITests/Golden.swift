import Foundation
import Testing
import ZaichikWords

@testable import ZaichikTUI

/// Whole screens, compared with the texts in Screens/. ZAICHIK_ACCEPT_SCREENS=1 writes those anew.
enum Golden {
    static func expect(_ model: Model, _ name: String, scheme: ColorScheme = .colors256, theme: Theme? = nil) throws {
        let screen = RootView.screen(model, theme: theme ?? Theme(scheme: scheme), now: Samples.now)
        var lines = screen.buffer.lines
        for (row, line) in lines.enumerated() {
            #expect(TextWidth.columns(of: line) <= model.size.width, "row \(row) of \(name)")
        }
        if scheme == .none { lines += attributes(screen.buffer) }
        let text = lines.joined(separator: "\n") + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Screens/\(name).txt")
        if ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_SCREENS"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let accepted = try String(contentsOf: file, encoding: .utf8)
        #expect(text == accepted, "ZAICHIK_ACCEPT_SCREENS=1 swift test --filter ScreenTests accepts the new screens")
    }

    /// Without colours the attributes carry the meaning: b bold, u underlined, r reversed.
    private static func attributes(_ buffer: CellBuffer) -> [String] {
        (0..<buffer.size.height).map { y in
            var line = (0..<buffer.size.width).map { x -> String in
                let attributes = buffer[x, y].style.attributes
                return attributes.contains(.reverse)
                    ? "r" : attributes.contains(.underline) ? "u" : attributes.contains(.bold) ? "b" : "·"
            }
            while line.last == "·" { line.removeLast() }
            return line.joined()
        }
    }
}
