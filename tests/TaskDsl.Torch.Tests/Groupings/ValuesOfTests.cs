using System.Text;
using CsCheck;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Groupings;

public sealed class ValuesOfTests
{
    private static readonly ValuesOf Text = new() { Field = "text" };

    [Theory]
    [InlineData("p01", "text=p01")]
    [InlineData("北京", "text=北京")]
    [InlineData("..", "text=..")]
    [InlineData("a/b", "text=a%2Fb")]
    [InlineData("100 %", "text=100%20%25")]
    [InlineData("a~b", "text=a%7Eb")]
    public void A_value_names_a_folder(string value, string name) => Assert.Equal(name, Text.NameOf(value));

    [Fact]
    public void Any_value_names_a_folder_of_its_own() =>
        Gen
            .String.Where(text => !string.IsNullOrWhiteSpace(text))
            .Select(Gen.Int[0, 300], (text, times) => string.Concat(Enumerable.Repeat(text, times + 1)))
            .List[2]
            .Sample(values =>
            {
                var names = values.ConvertAll(Text.NameOf);
                Assert.All(names, name => Assert.True(Encoding.UTF8.GetByteCount(name) <= 255 && !name.AsSpan().ContainsAny('/', '\0')));
                Assert.Equal(values.Distinct().Count(), names.Distinct().Count());
            });

    [Fact]
    public void Values_are_those_of_the_input()
    {
        var task = new HeadLettersTask();
        Assert.Equal("ABC", Text.ValueIn(task, new LettersInput("ABC")));
        Assert.Null(Text.ValueIn(task, new LettersInput(" ")));
        Assert.Null(new ValuesOf { Field = "none" }.ValueIn(task, new LettersInput("ABC")));
    }

    [Fact]
    public void Each_task_needs_the_field()
    {
        var recipe = TinyModel.Recipe("m", "one", "two");
        Assert.Empty(Text.Faults(recipe));
        Assert.Equal(
            ["the input of the task 'one' has no field 'test' that is a text or a label; did you mean 'text'?"],
            new ValuesOf { Field = "test" }
                .Faults(recipe)
                .Take(1)
        );
        Assert.Equal(
            2,
            new ValuesOf { Field = "letter" }
                .Faults(recipe)
                .Count()
        );
        Assert.Equal(["without tasks there are no values of 'text'."], Text.Faults(recipe with { Tasks = [] }));
    }
}
