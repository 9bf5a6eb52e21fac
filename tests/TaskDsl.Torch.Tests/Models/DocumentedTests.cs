using System.Reflection;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Models;

public sealed class DocumentedTests
{
    /// <summary>A family or a tuning method that is added is named where users look for it.</summary>
    [Fact]
    public void The_page_of_models_names_every_family_and_every_tuning_method()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "models.md"));
        foreach (var type in Family.All.Keys)
            Assert.Contains($"`{type}`", page, StringComparison.Ordinal);
        foreach (var method in typeof(TuningMethod).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(TuningMethod)) && !t.IsAbstract))
            Assert.Matches($"\\| `{method.GetCustomAttribute<KeywordAttribute>()!.Word}[`:]", page);
    }
}
