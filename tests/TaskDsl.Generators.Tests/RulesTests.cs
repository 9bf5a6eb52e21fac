using System.Reflection;
using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Tests.Packaging;

namespace TaskDsl.Generators.Tests;

public class RulesTests
{
    private static readonly List<DiagnosticDescriptor> All =
    [
        .. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<DiagnosticDescriptor>(),
    ];

    [Fact]
    public void Each_is_explained_and_released_under_an_id_of_its_own()
    {
        var explained = File.ReadAllLines(Path.Combine(Dotnet.Repository, "docs", "diagnostics.md"))
            .Where(l => l.StartsWith("### TDSL1", StringComparison.Ordinal))
            .Select(l => l[4..]);
        var released = File.ReadAllLines(
                Path.Combine(Dotnet.Repository, "generators", "TaskDsl.Generators", "AnalyzerReleases.Unshipped.md")
            )
            .Where(l => l.StartsWith("TDSL", StringComparison.Ordinal))
            .Select(l => l[..8]);
        Assert.Equal(All.Select(r => r.Id), explained);
        Assert.Equal(All.Select(r => r.Id), released);
        Assert.Equal(All.Count, All.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public void Each_leads_to_its_explanation() =>
        Assert.All(All, rule =>
            Assert.EndsWith($"/docs/diagnostics.md#{rule.Id.ToLowerInvariant()}", rule.HelpLinkUri, StringComparison.Ordinal)
        );
}
