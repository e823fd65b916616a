extension Palette256 {
    /// Whatever is grey or dim is as strong as the text, and the colours are further from the background.
    var withContrast: Palette256 {
        var palette = self
        let isDark = border == Palette256.dark.border
        palette.quiet = isDark ? 252 : 235
        palette.title = isDark ? 255 : 232
        palette.border = isDark ? 250 : 238
        palette.accent = isDark ? 123 : 18
        palette.good = isDark ? 120 : 22
        palette.warning = isDark ? 228 : 52
        palette.bad = isDark ? 217 : 88
        palette.own = isDark ? 159 : 17
        palette.absent = isDark ? 225 : 53
        palette.sparkline = isDark ? 159 : 17
        palette.gap = isDark ? 223 : 53
        palette.topics = isDark ? [123, 157, 228, 225, 159, 223] : [18, 22, 53, 52, 17, 88]
        palette.selection = isDark ? Style(foreground: 231, background: 236) : Style(foreground: 16, background: 254)
        palette.selectionFocused =
            isDark ? Style(foreground: 231, background: 17) : Style(foreground: 16, background: 195)
        palette.field = palette.selection
        palette.fieldFocused = isDark ? Style(foreground: 231, background: 235) : Style(foreground: 16, background: 195)
        palette.placeholder = isDark ? 252 : 235
        palette.tab = palette.selection
        palette.tabFocused = Style(foreground: isDark ? 16 : 231, background: isDark ? 123 : 18, attributes: .bold)
        return palette
    }

    /// Blue, yellow and orange in place of green, amber and red, on light ground brown and purple: after Okabe and Ito.
    var colorBlind: Palette256 {
        var palette = self
        switch border {
        case Palette256.dark.border: (palette.good, palette.warning, palette.bad, palette.gap) = (75, 227, 208, 208)
        case Palette256.light.border: (palette.good, palette.warning, palette.bad, palette.gap) = (25, 58, 89, 89)
        default: (palette.good, palette.warning, palette.bad, palette.gap) = (63, 131, 163, 163)
        }
        return palette
    }
}
