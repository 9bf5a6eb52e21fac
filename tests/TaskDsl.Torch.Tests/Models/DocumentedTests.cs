using TaskDsl.Torch.Models;
using Xunit;

namespace TaskDsl.Torch.Tests.Models;

public sealed class DocumentedTests
{
    /// <summary>A family is no word, so its row is written by hand.</summary>
    [Fact]
    public void The_page_of_models_names_every_family()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "models.md"));
        foreach (var type in Family.All.Keys)
            Assert.Contains($"`{type}`", page, StringComparison.Ordinal);
    }
}
