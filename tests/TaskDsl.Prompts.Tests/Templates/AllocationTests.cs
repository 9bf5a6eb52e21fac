using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>What functions make goes into the buffer without becoming a string first.</summary>
public class AllocationTests
{
    private static readonly string[] Templates =
    [
        "{{ text | string.strip | string.replace 'l' 'LL' }}{{ note | string.replace 'n' '' }}",
        "{{ text | string.upcase }}{{ note | string.downcase }}",
        "{{ text | string.strip_newlines }}",
        "{{ text + note }}{{ text + count + score }}{{ note + note }}",
        "{{ text | string.strip | string.append note }}{{ text | string.prepend count }}",
        "{{ count + 1 }}{{ score * 2 }}{{ flag }}{{ items | array.join ', ' }}",
    ];

    [Fact]
    public void Rendering_allocates_nothing()
    {
        var compiled = CompiledTemplates.Of(Templates);
        Sample[] samples = [.. Samples.All];
        using var buffer = new PromptBuffer();
        Assert.All(Enumerable.Range(0, Templates.Length), template =>
        {
            Render(); // Grows the buffer and compiles the code.
            var before = GC.GetAllocatedBytesForCurrentThread();
            Render();
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

            void Render()
            {
                buffer.Clear();
                foreach (var sample in samples)
                    compiled.Render(template, buffer, sample);
            }
        });
    }
}
