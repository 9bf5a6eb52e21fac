using System.Globalization;
using System.Text.RegularExpressions;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace Papers.Proving;

/// <summary>A paper: its folder, what its page says, and the pipeline that proves it.</summary>
/// <param name="Number">Its number among the papers.</param>
/// <param name="Title">Its short name.</param>
/// <param name="Source">Where it was published: <c>arXiv 2410.04717</c>.</param>
/// <param name="Claim">What it claims.</param>
/// <param name="Proof">The pipeline whose expectations are the claim; null where tests prove an equality instead.</param>
internal sealed partial record Paper(int Number, string Title, string Source, string Claim, Pipeline? Proof)
{
    /// <summary>The papers of a project, each a folder whose name begins with its number.</summary>
    /// <exception cref="WordException">A page is not as it must be.</exception>
    public static IReadOnlyList<Paper> All(Catalog catalog) =>
        [
            .. Directory
                .EnumerateDirectories(catalog.ProjectDirectory)
                .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                .Select(folder => Read(Path.Combine(folder, "README.md"), catalog))
                .OrderBy(paper => paper.Number),
        ];

    /// <summary>Reads the page of a paper.</summary>
    /// <exception cref="WordException">It is not as it must be.</exception>
    public static Paper Read(string page, Catalog catalog)
    {
        var text = File.Exists(page) ? File.ReadAllText(page) : "";
        var title = TitleLine().Match(text);
        var claim = ClaimLine().Match(text);
        if (!title.Success || !claim.Success)
            throw new WordException($"{page}: it begins '# 64. Only-IF (arXiv 2410.04717)', and a line begins '**Claim.** '.");
        var number = int.Parse(title.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return new Paper(
            number,
            title.Groups[2].Value,
            title.Groups[3].Value,
            claim.Groups[1].Value.Trim(),
            catalog.Definitions.OfType<Pipeline>().FirstOrDefault(pipeline => pipeline.Name == $"proof_{number}")
        );
    }

    [GeneratedRegex(@"^# (\d+)\. (.+) \((.+)\)\r?\n")]
    private static partial Regex TitleLine();

    [GeneratedRegex(@"^\*\*Claim\.\*\* (.+)$", RegexOptions.Multiline)]
    private static partial Regex ClaimLine();
}
