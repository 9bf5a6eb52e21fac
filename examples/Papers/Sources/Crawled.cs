using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Pages as a crawler finds them (arXiv 2409.17115): sentences, and among them lines of navigation and notices of cookies, tails at the
/// ends of lines, and whole pages that sell something. Columns: <c>page</c>, <c>program</c> (what makes it clean, as <c>apply_edits</c>
/// reads it), <c>first</c> and <c>rest</c> (the clean page, cut behind its first line).
/// </summary>
[Keyword("crawled"), Revision(1)]
public sealed record Crawled : SyntheticSource
{
    private const int Kinds = 3;

    private static readonly string[] Nouns =
    [
        "buyer",
        "seller",
        "bank",
        "tenant",
        "owner",
        "agent",
        "court",
        "lender",
        "carrier",
        "insurer",
    ];
    private static readonly string[] Verbs = ["pays", "sends", "keeps", "returns", "accepts", "refuses", "inspects", "delivers"];
    private static readonly string[] Things =
    [
        "price",
        "notice",
        "parcel",
        "house",
        "loan",
        "debt",
        "rent",
        "invoice",
        "deposit",
        "contract",
    ];
    private static readonly string[] Times = ["today", "in time", "too late", "each year", "by post", "in cash", "at once", "in part"];

    private static readonly string[] Menu =
    [
        "Home",
        "News",
        "Shop",
        "Login",
        "Help",
        "Jobs",
        "Blog",
        "About",
        "Press",
        "Terms",
        "Search",
        "Contact",
    ];

    private static readonly string[] Deeds = ["track", "store", "share", "count", "tailor", "rank", "log", "sync"];
    private static readonly string[] Wares = ["pills", "watches", "tickets", "phones", "shoes", "lamps", "rings", "knives"];

    /// <summary>
    /// Whether the noise is made of words in combinations that no other page has: what was learnt of it by heart does not help.
    /// </summary>
    public bool NewNoise { get; init; }

    /// <summary>How often noise stands before a line; half as often a line has a tail, and a page is nothing but noise.</summary>
    public double Noise { get; init; } = 0.3;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var isSpam = draw.Unit() < Noise / 2;
        List<string> page = [],
            clean = [],
            program = [];
        int? from = null;
        for (var lines = 3 + draw.Below(3); lines > 0; lines--)
        {
            while (isSpam || draw.Unit() < Noise)
            {
                from ??= page.Count;
                page.Add(NoiseOf(ref draw, isSpam ? 2 : draw.Below(2)));
                if (isSpam)
                    break;
            }

            if (isSpam)
                continue;
            if (from is { } first)
                program.Add($"remove_lines({first}, {page.Count - 1})");
            from = null;
            clean.Add($"the {Of(Nouns, ref draw)} {Of(Verbs, ref draw)} the {Of(Things, ref draw)} {Of(Times, ref draw)}.");
            page.Add(clean[^1]);
            if (draw.Unit() >= Noise / 2)
                continue;
            var tail = $" www.{Of(Menu, ref draw).ToLowerInvariant()}.{Of(Wares, ref draw)}";
            page[^1] += tail;
            program.Add($"normalize(\"{tail}\")");
        }

        var written =
            isSpam ? "drop_doc()"
            : program.Count == 0 ? "keep_doc()"
            : string.Join('\n', program);
        return new JsonObject
        {
            ["page"] = string.Join('\n', page),
            ["program"] = written,
            ["first"] = clean.FirstOrDefault() ?? "-",
            ["rest"] = isSpam ? "-" : string.Join('\n', clean.Skip(1)),
        };
    }

    private string NoiseOf(ref Draw draw, int kind)
    {
        // Of what is drawn, the first on its side of the line.
        while (true)
        {
            var line = kind switch
            {
                0 => $"{Of(Menu, ref draw)} | {Of(Menu, ref draw)} | {Of(Menu, ref draw)}",
                1 => $"We use cookies to {Of(Deeds, ref draw)} and {Of(Deeds, ref draw)} your {Of(Wares, ref draw)}.",
                _ => $"Buy {Of(Wares, ref draw)} and {Of(Wares, ref draw)} and {Of(Wares, ref draw)} cheap in our {Of(Menu, ref draw)}!",
            };
            if (Draw.Seed(line) % Kinds == 0 == NewNoise)
                return line;
        }
    }

    private static string Of(string[] words, ref Draw draw) => words[draw.Below(words.Length)];
}
