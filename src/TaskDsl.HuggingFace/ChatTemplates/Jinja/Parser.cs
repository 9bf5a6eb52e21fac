using System.Runtime.CompilerServices;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Turns tokens into statements, by Jinja's own grammar.</summary>
internal sealed partial class Parser
{
    /// <summary>So deep no template of use is, and the same one is refused on every machine, whatever its stack.</summary>
    private const int Deepest = 1000;

    private readonly IReadOnlyList<Token> tokens;
    private int at;
    private int loops;
    private int depth;

    private Parser(IReadOnlyList<Token> tokens) => this.tokens = tokens;

    private Token Current => tokens[at];

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It is broken, or needs what is not supported.</exception>
    public static IReadOnlyList<Statement> Parse(string template)
    {
        var parser = new Parser(Lexer.Read(template));
        try
        {
            return parser.ParseBody([], new Position(1, 1), "");
        }
        catch (InsufficientExecutionStackException)
        {
            throw parser.TooDeep();
        }
    }

    private bool IsName(string text) => Current.Is(TokenKind.Name, text);

    private bool SkipName(string text)
    {
        if (!IsName(text))
            return false;
        at++;
        return true;
    }

    private bool Skip(string sign)
    {
        if (!Current.Is(TokenKind.Operator, sign))
            return false;
        at++;
        return true;
    }

    private Token ExpectName() => Current.Kind == TokenKind.Name ? tokens[at++] : throw Bad($"expected a name, got {Current}.");

    private void Expect(TokenKind kind, string text)
    {
        if (Current.Kind != kind || (kind == TokenKind.Operator && Current.Text != text))
            throw Bad($"expected '{text}', got {Current}.");
        at++;
    }

    private JinjaException Bad(string problem) => new(Current.At, problem);

    private JinjaException TooDeep() => Bad("the template is nested too deeply.");

    /// <summary>One level deeper, until the level is disposed.</summary>
    private Level Deeper()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var level = new Level(this, depth);
        return ++depth > Deepest ? throw TooDeep() : level;
    }

    /// <summary>What an operator of a chain takes: a chain is a tree as deep as it is long.</summary>
    private Expression Inner(Expression left) => ++depth > Deepest ? throw TooDeep() : left;

    private readonly ref struct Level(Parser parser, int depth)
    {
        public void Dispose() => parser.depth = depth;
    }
}
