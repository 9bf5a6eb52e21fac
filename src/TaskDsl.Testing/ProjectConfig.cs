using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TaskDsl.Testing;

/// <summary>What the build would tell the generator of a project.</summary>
internal sealed class ProjectConfig(GeneratorProject project) : AnalyzerConfigOptionsProvider
{
    public override AnalyzerConfigOptions GlobalOptions { get; } =
        new Properties(
            new()
            {
                ["build_property.RootNamespace"] = project.RootNamespace,
                ["build_property.MSBuildProjectDirectory"] = project.Folder,
                ["build_property.TaskDslIncludeFiles"] = "true",
                ["build_property.TaskDslProjects"] = string.Join(
                    '|',
                    project.Projects.Select(other => $"{other.Name}>{other.RootNamespace}>{other.Folder}")
                ),
            }
        );

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Properties.None;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => Properties.None;

    private sealed class Properties(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public static Properties None { get; } = new([]);

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
