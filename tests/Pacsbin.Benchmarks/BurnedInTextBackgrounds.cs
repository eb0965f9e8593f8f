namespace Pacsbin.Benchmarks;

/// <summary>Paints what resembles CT, ultrasound and X-ray pictures, with the ornaments that are not text.</summary>
internal static class BurnedInTextBackgrounds
{
    public static BurnedInTextCanvas Paint(Background background, Random random)
    {
        switch (background)
        {
            case Background.Ct:
                var ct = new BurnedInTextCanvas(512, 512, random);
                PaintCt(ct);
                return ct;
            case Background.Ultrasound:
                var ultrasound = random.Next(2) == 0 ? new BurnedInTextCanvas(600, 800, random) : new BurnedInTextCanvas(480, 640, random);
                PaintUltrasound(ultrasound);
                return ultrasound;
            default:
                var xray = new BurnedInTextCanvas(800, 640, random);
                PaintXRay(xray);
                return xray;
        }
    }

    private static void PaintCt(BurnedInTextCanvas c)
    {
        var isHead = c.Chance(0.4);
        var (x, y) = (256 + c.Between(-15, 15), 256 + c.Between(-15, 15));
        var (radiusX, radiusY) = isHead ? (c.Between(130, 170), c.Between(170, 210)) : (c.Between(190, 235), c.Between(140, 180));
        var tissue = (float)c.Between(80, 150);
        var texture = c.Noise(9, 9);
        c.Ellipse(x, y, radiusX, radiusY, 0, (_, distance) => isHead && distance is > 0.86 and < 0.95 ? 240 : tissue);
        if (!isHead)
        {
            c.Ellipse(x, y + (radiusY * 0.55), 28, 24, 0, (_, _) => 225); // spine
            for (var rib = 0; rib < 14; rib++)
            {
                var (sin, cos) = Math.SinCos(rib * Math.Tau / 14);
                c.Ellipse(x + (cos * radiusX * 0.88), y + (sin * radiusY * 0.88), c.Between(8, 20), c.Between(4, 8), (rib * Math.Tau / 14) + 1.57, (_, _) => 235);
            }

            for (var lung = -1; lung <= 1 && c.Chance(0.7); lung += 2)
            {
                c.Ellipse(x + (lung * radiusX * 0.42), y - 15, radiusX * 0.33, radiusY * 0.55, 0, (_, _) => 15);
                for (var vessel = 0; vessel < 40; vessel++)
                {
                    c.Ellipse(x + (lung * radiusX * 0.42) + c.Between(-45, 45), y - 15 + c.Between(-60, 60), c.Between(1, 5), c.Between(1, 3), c.Between(0, 3), (_, _) => tissue);
                }
            }
        }

        for (var organ = 0; organ < 8; organ++)
        {
            var shade = (float)c.Between(-35, 45);
            c.Ellipse(x + c.Between(-0.6 * radiusX, 0.6 * radiusX), y + c.Between(-0.5 * radiusY, 0.5 * radiusY), c.Between(10, 50), c.Between(8, 35), c.Between(0, 3), (v, _) => v + shade);
        }

        for (var spot = c.Chance(0.4) ? 12 : 0; spot > 0; spot--)
        {
            c.Ellipse(x + c.Between(-80, 80), y + c.Between(-80, 80), c.Between(1, 4), c.Between(1, 4), 0, (_, _) => 255); // calcification
        }

        var smooth = c.Blur(c.Values, 1, 1);
        var noise = c.Noise(1, 1);
        var deviation = (float)c.Between(2, 14);
        for (var i = 0; i < smooth.Length; i++)
        {
            c.Values[i] = smooth[i] < 3 ? smooth[i] : smooth[i] + (texture[i] * 6) + (noise[i] * deviation);
        }

        if (c.Chance(0.6))
        {
            for (var column = 40; column < 472; column++)
            {
                var row = y + radiusY + 8 + ((column - 256) * (column - 256) * 0.0004);
                c.Line(column, row, column + 1, row, 2, 130); // table
            }
        }

        Rulers(c);
    }

    private static void PaintUltrasound(BurnedInTextCanvas c)
    {
        var speckle = c.Noise(c.Random.Next(2, 5), 1);
        var coarse = c.Noise(14, 9);
        var (apexX, apexY) = (c.Columns / 2, -c.Rows * c.Between(0.02, 0.2));
        var (half, depth) = (c.Between(0.5, 0.8), c.Rows * c.Between(0.85, 1.0));
        var gain = c.Between(50, 110);
        for (var row = 0; row < c.Rows; row++)
        {
            for (var column = 0; column < c.Columns; column++)
            {
                var (dx, dy) = (column - apexX, row - apexY);
                var distance = Math.Sqrt((dx * dx) + (dy * dy));
                if (distance < depth && distance > depth * 0.18 && Math.Abs(Math.Atan2(dx, dy)) < half)
                {
                    var i = (row * c.Columns) + column;
                    c.Values[i] = Math.Max(0, (float)(gain * (1.1 - (distance / depth * 0.5))) + (speckle[i] * 26) + (coarse[i] * 22));
                }
            }
        }

        for (var cyst = 0; cyst < 3; cyst++)
        {
            c.Ellipse(apexX + c.Between(-100, 100), c.Rows * c.Between(0.3, 0.8), c.Between(10, 50), c.Between(10, 35), 0, (v, _) => v * 0.15f);
        }

        for (var echo = 0; echo < 4; echo++)
        {
            c.Ellipse(apexX + c.Between(-90, 90), c.Rows * c.Between(0.3, 0.8), c.Between(20, 60), c.Between(2, 6), c.Between(-0.4, 0.4), (v, _) => v + 110);
        }

        var bar = c.Chance(0.5) ? 14 : c.Columns - 30;
        if (c.Chance(0.7))
        {
            c.Fill(bar, c.Rows / 4, 14, c.Rows / 3, (_, row) => 255 - (row * 255f / (c.Rows / 3f)));
        }

        for (var cross = c.Random.Next(0, 5); cross > 0; cross--)
        {
            var (x, y, arm) = (c.Between(150, c.Columns - 150), c.Between(100, c.Rows - 80), c.Between(4, 9));
            var turn = c.Chance(0.5) ? 0 : arm * 0.7;
            c.Line(x - arm, y - turn, x + arm, y + turn, 1.2, 250);
            c.Line(x + turn, y - arm, x - turn, y + arm, 1.2, 250);
            for (var dot = 0; dot < 15 && cross % 2 == 0; dot++)
            {
                c.Fill((int)x + (dot * 6), (int)y + (dot * 2), 2, 2, (_, _) => 250);
            }
        }

        if (c.Chance(0.25))
        {
            var phase = c.Between(0, 40);
            double Trace(int column) => c.Rows - 25 - (Math.Exp(-Math.Pow((((column + phase) % 70) - 35) / 2.5, 2)) * 30) - (Math.Exp(-Math.Pow((((column + phase) % 70) - 55) / 6, 2)) * 8);
            for (var column = 60; column < c.Columns - 60; column++)
            {
                c.Line(column, Trace(column), column + 1, Trace(column + 1), 1.2, 200); // electrocardiogram
            }
        }

        Rulers(c);
    }

    private static void PaintXRay(BurnedInTextCanvas c)
    {
        var isInverse = c.Chance(0.25);
        var (slopeX, slopeY, level) = (c.Between(-60, 60), c.Between(-60, 60), c.Between(70, 130));
        var texture = c.Noise(24, 24);
        for (var i = 0; i < c.Values.Length; i++)
        {
            c.Values[i] = (float)(level + (slopeX * ((i % c.Columns / (double)c.Columns) - 0.5)) + (slopeY * ((i / c.Columns / (double)c.Rows) - 0.5))) + (texture[i] * 14);
        }

        for (var bone = 0; bone < 5; bone++)
        {
            var (x, y, angle) = (c.Between(100, c.Columns - 100), c.Between(100, c.Rows - 100), c.Between(0, 3.1));
            c.Ellipse(x, y, c.Between(120, 350), c.Between(14, 45), angle, (v, d) => v + (float)(d > 0.7 ? 60 : 40));
        }

        for (var rib = c.Chance(0.5) ? 9 : 0; rib > 0; rib--)
        {
            for (var side = -1; side <= 1; side += 2)
            {
                c.Ellipse((c.Columns / 2) + (side * 180), 80 + (rib * 80), 170, 13, side * 0.35, (v, d) => v + (d > 0.6 ? 38 : 26));
            }
        }

        var clips = c.Chance(0.2) ? c.Random.Next(3, 8) : 0;
        var (clipX, clipY) = (c.Between(200, 500), c.Between(200, 700));
        for (var clip = 0; clip < clips; clip++)
        {
            c.Line(clipX + (clip * 22), clipY + c.Between(-12, 12), clipX + (clip * 22) + c.Between(-4, 4), clipY + 15 + c.Between(-8, 8), 3, 250);
        }

        for (var spot = c.Chance(0.3) ? 25 : 0; spot > 0; spot--)
        {
            c.Ellipse(c.Between(200, 550), c.Between(200, 800), c.Between(1, 4), c.Between(1, 4), 0, (v, _) => v + 90); // calcification
        }

        if (c.Chance(0.7))
        {
            Marker(c);
        }

        var smooth = c.Blur(c.Values, 1, 1);
        var noise = c.Noise(c.Random.Next(2), c.Random.Next(2));
        var deviation = (float)c.Between(2, 9);
        for (var i = 0; i < smooth.Length; i++)
        {
            var value = smooth[i] + (noise[i] * deviation);
            c.Values[i] = isInverse ? 255 - value : value;
        }

        if (c.Chance(0.6))
        {
            var outside = c.Chance(0.8) ? (float)c.Between(0, 15) : 250;
            var (left, right, tilt) = (c.Between(10, 90), c.Columns - c.Between(10, 90), c.Between(-0.03, 0.03));
            c.Fill(0, 0, c.Columns, c.Rows, (column, row) =>
                column < left + (row * tilt) || column > right + (row * tilt) || row < 40 - (column * tilt) ? outside : c.Values[(row * c.Columns) + column]); // collimator
        }

        for (var line = c.Chance(0.15) ? 8 : 0; line > 0; line--)
        {
            c.Fill(0, line * 110, c.Columns, 1, (_, _) => 200); // grid
            c.Fill(line * 95, 0, 1, c.Rows, (_, _) => 200);
        }

        Rulers(c);
    }

    /// <summary>A letter of lead, drawn by strokes: L, or a mirrored one.</summary>
    private static void Marker(BurnedInTextCanvas c)
    {
        var (x, y, size) = (c.Chance(0.5) ? c.Between(80, 150) : c.Columns - c.Between(120, 180), c.Between(80, 250), c.Between(28, 55));
        var value = (float)c.Between(220, 255);
        c.Line(x, y, x, y + size, size / 7, value);
        if (c.Chance(0.5))
        {
            c.Line(x, y + size, x + (size * 0.6), y + size, size / 7, value);
            return;
        }

        c.Line(x, y, x + (size * 0.5), y, size / 7, value);
        c.Line(x, y + (size * 0.5), x + (size * 0.5), y + (size * 0.5), size / 7, value);
        c.Line(x + (size * 0.5), y, x + (size * 0.5), y + (size * 0.5), size / 7, value);
        c.Line(x + (size * 0.25), y + (size * 0.5), x + (size * 0.55), y + size, size / 7, value);
    }

    private static void Rulers(BurnedInTextCanvas c)
    {
        var value = (float)c.Between(150, 255);
        var step = c.Random.Next(6, 24);
        var thickness = c.Random.Next(1, 3);
        if (c.Chance(0.5))
        {
            var x = c.Columns - c.Random.Next(12, 60);
            for (var tick = 0; (tick * step) < c.Rows * 0.6; tick++)
            {
                c.Fill(x, (int)(c.Rows * 0.2) + (tick * step), tick % 5 == 0 ? 12 : 6, thickness, (_, _) => value);
            }
        }

        if (c.Chance(0.5))
        {
            var y = c.Rows - c.Random.Next(14, 40);
            for (var tick = 0; (tick * step) < c.Columns * 0.6; tick++)
            {
                var length = tick % 5 == 0 ? 12 : 6;
                c.Fill((int)(c.Columns * 0.2) + (tick * step), y - length, thickness, length, (_, _) => value);
            }

            if (c.Chance(0.5))
            {
                c.Fill((int)(c.Columns * 0.2), y, (int)(c.Columns * 0.6), thickness, (_, _) => value);
            }
        }
    }
}
