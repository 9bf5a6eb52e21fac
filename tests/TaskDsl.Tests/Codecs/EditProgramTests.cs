using TaskDsl.Codecs;

namespace TaskDsl.Tests.Codecs;

/// <summary>Programs that refine a text (arXiv 2409.17115), run by hand.</summary>
public class EditProgramTests
{
    private const string Page = "Home | Shop\nthe buyer pays\nWe use cookies\nOK\nthe seller sends";

    [Theory]
    [InlineData("", Page)]
    [InlineData("keep_doc()", Page)]
    [InlineData("remove_lines(0, 0)", "the buyer pays\nWe use cookies\nOK\nthe seller sends")]
    [InlineData("remove_lines(2, 3)", "Home | Shop\nthe buyer pays\nthe seller sends")]
    [InlineData("remove_lines(line_start=2, line_end=3)", "Home | Shop\nthe buyer pays\nthe seller sends")]
    [InlineData("remove_lines(4,4)", "Home | Shop\nthe buyer pays\nWe use cookies\nOK\n")]
    [InlineData("remove_lines(all=True)", "")]
    [InlineData("remove_lines(0, 0)\nremove_lines(2, 3)", "the buyer pays\nthe seller sends")]
    [InlineData("remove_lines(0, 2)\nremove_lines(1, 3)", "the seller sends")]
    [InlineData("normalize(\"the \", \"a \")", "Home | Shop\na buyer pays\nWe use cookies\nOK\na seller sends")]
    [InlineData("normalize(source_str=\" | Shop\")", "Home\nthe buyer pays\nWe use cookies\nOK\nthe seller sends")]
    [InlineData("  normalize( \"OK\" , \"So\" )  ", "Home | Shop\nthe buyer pays\nWe use cookies\nSo\nthe seller sends")]
    [InlineData("normalize(\"nowhere\", \"x\")", Page)]
    public void What_is_right_is_done(string program, string expected)
    {
        Assert.Equal(expected, EditProgram.Parse(program).Run(Page, out var errors));
        Assert.Equal(0, errors);
    }

    [Theory]
    [InlineData("remove_lines(3, 5)")] // Beyond the end.
    [InlineData("remove_lines(9, 9)")]
    [InlineData("remove_lines(3, 2)")]
    [InlineData("remove_lines(-1, 2)")]
    [InlineData("remove_lines(1)")]
    [InlineData("remove_lines(1, 2, 3)")]
    [InlineData("remove_lines(1, 2")]
    [InlineData("remove_lines(a, b)")]
    [InlineData("remove_lines(all=False)")]
    [InlineData("remove_lines(1, 99999999999)")]
    [InlineData("remove_lines(1, 2,)")]
    [InlineData("normalize(the)")]
    [InlineData("normalize()")]
    [InlineData("normalize(\"\", \"x\")")] // Nothing is nowhere.
    [InlineData("normalize(\"the)")]
    [InlineData("normalize(\"a\", \"b\", \"c\")")]
    [InlineData("keep_doc(1)")]
    [InlineData("rewrite(\"a\")")]
    [InlineData("the page is fine")]
    public void What_is_wrong_is_an_error_and_does_nothing(string program)
    {
        Assert.Equal(Page, EditProgram.Parse(program).Run(Page, out var errors));
        Assert.Equal(1, errors);
    }

    [Fact]
    public void What_is_right_is_done_beside_what_is_wrong()
    {
        Assert.Equal(
            "the buyer pays\nWe use cookies\nOK\nthe seller sends",
            EditProgram.Parse("remove_lines(0, 0)\nremove_lines(7, 8)\nnonsense").Run(Page, out var errors)
        );
        Assert.Equal(2, errors);
    }

    [Fact]
    public void Texts_are_normalised_before_lines_go_whatever_their_order() =>
        Assert.Equal("a\nx", EditProgram.Parse("remove_lines(1, 1)\nnormalize(\"b\", \"x\")").Run("a\nc\nb", out _));

    [Fact]
    public void Texts_may_hold_what_the_language_is_written_with() =>
        Assert.Equal("so\n", EditProgram.Parse("normalize(\"a, (\\\"b\\\") \\\\ c=\", \"so\")").Run("a, (\"b\") \\ c=\n", out _));

    [Fact]
    public void Line_breaks_of_both_kinds_end_a_line_and_go_with_it() =>
        Assert.Equal("a\r\nc", EditProgram.Parse("remove_lines(1, 1)").Run("a\r\nb\r\nc", out _));

    [Fact]
    public void Of_an_empty_text_there_is_no_line()
    {
        Assert.Equal("", EditProgram.Parse("remove_lines(0, 0)").Run("", out var errors));
        Assert.Equal(1, errors);
        Assert.True(EditProgram.Parse("drop_doc()").Drops);
    }
}
